package dev.caravan.saga.spring;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.monitoring.BusinessFilter;
import dev.caravan.saga.monitoring.CauseFilter;
import dev.caravan.saga.monitoring.SagaQuery;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * Which sagas somebody asks for, as text; each may be {@code null}.
 *
 * @param status one or more, with commas between them
 * @param name the saga's name
 * @param text a part of the saga's id or key
 * @param olderThan for instance {@code 90s}, {@code 5m}, {@code 2h} or {@code 7d}
 * @param youngerThan likewise
 * @param attention {@code true}: only those that need a person
 * @param order {@code latest} or {@code attention}
 * @param after the page after which one
 * @param limit sagas on a page, 100 by default
 * @param application that runs the saga; {@code -}, as for step and code: it has none
 * @param step that the saga is at, or what it is undone for, or that could not be undone
 * @param code with which a participant said no, or the class of what went wrong
 * @param reason a part of what is said of what went wrong
 * @param from when it began at the earliest, for instance {@code 2026-03-01T12:00:00Z}
 * @param to before which it began
 */
record SagaListRequest(
        @Nullable String status,
        @Nullable String name,
        @Nullable String text,
        @Nullable String olderThan,
        @Nullable String youngerThan,
        @Nullable String attention,
        @Nullable String order,
        @Nullable String after,
        @Nullable String limit,
        @Nullable String application,
        @Nullable String step,
        @Nullable String code,
        @Nullable String reason,
        @Nullable String from,
        @Nullable String to) {

    private static final int MAX_LIMIT = 1000;
    private static final int DEFAULT_LIMIT = 100;

    /** Of any cause, at any time. */
    SagaListRequest(
            @Nullable String status,
            @Nullable String name,
            @Nullable String text,
            @Nullable String olderThan,
            @Nullable String youngerThan,
            @Nullable String attention,
            @Nullable String order,
            @Nullable String after,
            @Nullable String limit) {
        this(
                status,
                name,
                text,
                olderThan,
                youngerThan,
                attention,
                order,
                after,
                limit,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Like {@link #query(Clock)}, with what the business calls the sagas, of all parameters. */
    SagaQuery query(Clock clock, Map<String, List<String>> parameters) {
        return query(clock).calling(BusinessFilter.of(parameters));
    }

    /** @throws IllegalArgumentException names what is wrong */
    SagaQuery query(Clock clock) {
        return new SagaQuery(
                statuses(),
                Parameters.given(name),
                Parameters.given(text),
                earlier(before(clock, "olderThan", olderThan), Parameters.time("to", to)),
                later(before(clock, "youngerThan", youngerThan), justBefore(Parameters.time("from", from))),
                Boolean.parseBoolean(attention),
                sorting(),
                Parameters.given(after),
                pageSize(),
                new CauseFilter(
                        Parameters.given(application),
                        Parameters.given(step),
                        Parameters.given(code),
                        Parameters.given(reason)),
                BusinessFilter.ANY);
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        return one == null || other != null && other.isBefore(one) ? other : one;
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || other != null && other.isAfter(one) ? other : one;
    }

    /** What begins at that time is wanted, too. */
    private static @Nullable Instant justBefore(@Nullable Instant time) {
        return time == null ? null : time.minusNanos(1);
    }

    private Set<SagaStatus> statuses() {
        Set<SagaStatus> statuses = EnumSet.noneOf(SagaStatus.class);
        String said = Parameters.given(status);
        if (said != null) {
            for (String one : said.split(",")) {
                statuses.add(oneOf(SagaStatus.class, "status", one));
            }
        }
        return statuses;
    }

    private SagaQuery.Order sorting() {
        String said = Parameters.given(order);
        return said == null ? SagaQuery.Order.LATEST : oneOf(SagaQuery.Order.class, "order", said);
    }

    private static <E extends Enum<E>> E oneOf(Class<E> type, String parameter, String value) {
        try {
            return Enum.valueOf(type, value.strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is %s; it is one of %s".formatted(parameter, value, Arrays.toString(type.getEnumConstants())),
                    e);
        }
    }

    private static @Nullable Instant before(Clock clock, String parameter, @Nullable String age) {
        String said = Parameters.given(age);
        if (said == null) {
            return null;
        }
        try {
            return clock.instant().minus(DurationStyle.detectAndParse(said));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new IllegalArgumentException(
                    "%s is %s; it is a time such as 90s, 5m, 2h or 7d".formatted(parameter, age), e);
        }
    }

    private int pageSize() {
        String said = Parameters.given(limit);
        if (said == null) {
            return DEFAULT_LIMIT;
        }
        try {
            int number = Integer.parseInt(said);
            if (number >= 1 && number <= MAX_LIMIT) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refusedLimit(e);
        }
        throw refusedLimit(null);
    }

    private IllegalArgumentException refusedLimit(@Nullable NumberFormatException cause) {
        return new IllegalArgumentException("limit is %s; it goes from 1 to %d".formatted(limit, MAX_LIMIT), cause);
    }
}
