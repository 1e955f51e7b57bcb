package dev.caravan.saga.camel;

import dev.caravan.saga.engine.BranchPaths;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;

/**
 * Where in its route an exchange is: in a branch, in a round of a loop, or in neither. While a message is divided, or goes
 * round, it says so, on the exchange and on those that come of it, which tell themselves from it by their ids. Thread-safe.
 */
final class Division {

    /** Of a split: its parts have numbers. */
    static final String PART = "S";

    /** Of a multicast, or a recipient list: its branches have. */
    static final String BRANCH = "M";

    /** Of what a circuit breaker tries: there is only one. */
    static final String TRIED = "C";

    /** Nothing is being divided. */
    private static final String PLACE = "";

    private final @Nullable Division outer;
    private final String path;
    private final String kind;
    private final @Nullable String node;
    private final String owner;
    private final String fromRoute;
    private final Map<String, Integer> visits = new HashMap<>(2);
    private final boolean stops;
    private volatile boolean over;

    /** @param stops its branches may be given up before they have come to their ends */
    private Division(
            @Nullable Division outer,
            String path,
            String kind,
            @Nullable String node,
            Exchange exchange,
            boolean stops) {
        this.outer = outer;
        this.path = path;
        this.kind = kind;
        this.node = node;
        this.owner = exchange.getExchangeId();
        this.fromRoute = exchange.getFromRouteId();
        this.stops = stops;
    }

    /** The innermost that the exchange is in, or that it makes; {@code null}: none. */
    static @Nullable Division of(Exchange exchange) {
        return SagaContext.of(exchange).division();
    }

    static void set(Exchange exchange, @Nullable Division division) {
        SagaContext.of(exchange).divided(division).on(exchange);
    }

    /** The place at which the exchange is. */
    static Division here(Exchange exchange) {
        Division last = of(exchange);
        return last != null && last.kind.equals(PLACE)
                ? last
                : new Division(last, pathOf(exchange), PLACE, null, exchange, false);
    }

    /**
     * The exchange enters a block: what it comes to within counts for itself, since a block that has come to its end is not
     * gone through again.
     */
    static void enter(Exchange exchange) {
        Division outside = of(exchange);
        set(exchange, new Division(outside, pathOf(exchange), PLACE, null, exchange, false));
    }

    /** The exchange is about to be divided at this place, or to go round, by a node. */
    Division at(Exchange exchange, String what, String by, boolean mayStop) {
        int earlier;
        synchronized (visits) {
            earlier = visits.merge(what + by + " " + Kamelets.from(exchange), 1, Integer::sum) - 1;
        }
        return new Division(
                what.equals(BranchPaths.ASIDE) && !isLate(exchange) ? null : this,
                path,
                what,
                earlier == 0 ? by : by + "+" + earlier,
                exchange,
                mayStop);
    }

    /** The place in one round of a loop. */
    Division round(Exchange exchange) {
        Integer index = exchange.getProperty(ExchangePropertyKey.LOOP_INDEX, Integer.class);
        return new Division(outer, BranchPaths.within(path, element(index)), PLACE, null, exchange, false);
    }

    /** Within the run of the saga that the exchange is in, but for the route that it came from. */
    static String pathOf(Exchange exchange) {
        Division last = of(exchange);
        if (last == null) {
            return BranchPaths.NONE;
        }
        return last.divides(exchange)
                ? BranchPaths.within(last.path, last.element(number(exchange, last.kind)))
                : last.path;
    }

    private String element(@Nullable Integer number) {
        return BranchPaths.element(kind, number == null ? "" : number.toString(), node());
    }

    /** True when the exchange is one of those that came of the division. */
    private boolean divides(Exchange exchange) {
        return !kind.equals(PLACE) && !kind.equals(BranchPaths.ROUND) && !owner.equals(exchange.getExchangeId());
    }

    private static @Nullable Integer number(Exchange exchange, String kind) {
        return switch (kind) {
            case PART -> exchange.getProperty(ExchangePropertyKey.SPLIT_INDEX, Integer.class);
            case BRANCH -> exchange.getProperty(ExchangePropertyKey.MULTICAST_INDEX, Integer.class);
            default -> null;
        };
    }

    /** Which part of the message that was split last the exchange is; {@code null}: none. What 0.1 knows of a path. */
    static @Nullable Integer partOf(Exchange exchange) {
        Division last = of(exchange);
        return last == null || !last.divides(exchange) ? null : number(exchange, last.kind);
    }

    String path() {
        return path;
    }

    /** The path of the only branch. */
    String branch() {
        return BranchPaths.within(path, element(null));
    }

    /** True for what is in the only branch, and nowhere aside from it. */
    boolean contains(@Nullable String known) {
        return known != null && BranchPaths.isWithin(known, branch());
    }

    /** True for the exchange of which a circuit breaker tries a copy. */
    boolean isTriedBy(Exchange exchange) {
        return kind.equals(TRIED) && owner.equals(exchange.getExchangeId());
    }

    @Nullable
    Division outer() {
        return outer;
    }

    /** What divides, with how often this place has come to it before. */
    String node() {
        return Objects.requireNonNull(node);
    }

    /** What it divided was put together again, or was given up. */
    void end() {
        over = true;
    }

    /** True for a branch that is on its way still when the route has gone on without it; not for what was sent elsewhere. */
    static boolean isLate(Exchange exchange) {
        return isIn(exchange, division -> division.over);
    }

    /** True for a branch that may be given up before it has come to its end. */
    static boolean mayBeStopped(Exchange exchange) {
        return isIn(exchange, division -> division.stops && !division.owner.equals(exchange.getExchangeId()));
    }

    private static boolean isIn(Exchange exchange, Predicate<Division> test) {
        for (Division division = of(exchange); division != null; division = division.outer) {
            if (Objects.equals(division.fromRoute, exchange.getFromRouteId()) && test.test(division)) {
                return true;
            }
        }
        return false;
    }
}
