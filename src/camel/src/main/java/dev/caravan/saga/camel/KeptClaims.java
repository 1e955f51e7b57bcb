package dev.caravan.saga.camel;

import dev.caravan.saga.camel.KeptValues.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.ClaimCheckDefinition;
import org.apache.camel.spi.ClaimCheckRepository;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * What {@code claimCheck} has put away of a message, which is a part of it: it is kept with it in the log, as Camel's own
 * repository, which nobody can look into, could not be.
 */
final class KeptClaims extends ServiceSupport implements ClaimCheckRepository {

    /** The exchange property, and its name in the log. */
    static final String PROPERTY = Exchange.CLAIM_CHECK_REPOSITORY;

    private static final String STACK = "stack";
    private static final String KEYS = "keys";

    private final Deque<Exchange> stack = new ArrayDeque<>();
    private final Map<String, Exchange> keys = new HashMap<>();

    /** Has the claims of the routes kept that start from now on. */
    static final InterceptStrategy STRATEGY = KeptClaims::intercept;

    private static Processor intercept(CamelContext context, NamedNode node, Processor target, Processor next) {
        return node instanceof ClaimCheckDefinition
                ? new ClaimCheck(target)
                : AsyncProcessorConverterHelper.convert(target);
    }

    private static final class ClaimCheck extends DelegateAsyncProcessor {

        ClaimCheck(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            if (exchange.getProperty(ExchangePropertyKey.CLAIM_CHECK_REPOSITORY) == null) {
                exchange.setProperty(ExchangePropertyKey.CLAIM_CHECK_REPOSITORY, new KeptClaims());
            }
            return super.process(exchange, callback);
        }
    }

    /** @param message how one that was put away is written, at its place */
    synchronized Map<String, Object> write(Place place, BiFunction<Place, Exchange, Object> message) {
        List<Object> pushed = new ArrayList<>();
        for (Iterator<Exchange> first = stack.descendingIterator(); first.hasNext(); ) {
            pushed.add(message.apply(place.in(STACK).in(pushed.size()), first.next()));
        }
        Map<String, Object> set = new LinkedHashMap<>();
        keys.forEach((key, claim) -> set.put(key, message.apply(place.in(KEYS).in(key), claim)));
        return Map.of(STACK, pushed, KEYS, set);
    }

    /** @param message makes of what was written what was put away */
    static KeptClaims read(Map<?, ?> written, Function<Object, Exchange> message) {
        KeptClaims claims = new KeptClaims();
        ((List<?>) Objects.requireNonNull(written.get(STACK))).forEach(pushed -> claims.push(message.apply(pushed)));
        ((Map<?, ?>) Objects.requireNonNull(written.get(KEYS)))
                .forEach((key, claim) -> claims.add((String) key, message.apply(claim)));
        return claims;
    }

    @Override
    public synchronized boolean add(String key, Exchange exchange) {
        return keys.put(key, exchange) == null;
    }

    @Override
    public synchronized boolean contains(String key) {
        return keys.containsKey(key);
    }

    @Override
    public synchronized @Nullable Exchange get(String key) {
        return keys.get(key);
    }

    @Override
    public synchronized @Nullable Exchange getAndRemove(String key) {
        return keys.remove(key);
    }

    @Override
    public synchronized void push(Exchange exchange) {
        stack.push(exchange);
    }

    @Override
    public synchronized Exchange pop() {
        return stack.poll();
    }

    @Override
    public synchronized void clear() {
        stack.clear();
        keys.clear();
    }
}
