package dev.caravan.saga.camel;

import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.engine.StoppingException;
import dev.caravan.saga.message.MalformedMessageException;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteConfigurationBuilder;

/**
 * The route configuration {@value #ID} for routes that consume events: an event is tried again with growing delays, then
 * kept as a dead letter, untouched, with the reason; one that cannot be read is kept at once; one that comes after the
 * end of its saga is counted and forgotten. Only then is its offset committed. One that would start a saga while the
 * instance stops is not committed.
 *
 * <p>Quarkus makes an object of each public class of a library that builds routes; so the one here is not public.
 */
public final class SagaEventRoutes {

    /** Its name, for {@code routeConfigurationId}. */
    public static final String ID = "saga-events";

    private static final double DOUBLED = 2;

    private SagaEventRoutes() {}

    /**
     * @param deadLetters keeps an event durably, with the reason; blocks
     * @param attempts in all, 1 or more
     * @param initialDelay before the second attempt, doubled after each
     */
    public static RouteConfigurationBuilder with(
            SagaEvents events,
            BiConsumer<Exchange, String> deadLetters,
            int attempts,
            Duration initialDelay,
            Duration maximumDelay) {
        return new Configuration(events, deadLetters, attempts, initialDelay, maximumDelay);
    }

    private static final class Configuration extends RouteConfigurationBuilder {

        private final SagaEvents events;
        private final BiConsumer<Exchange, String> deadLetters;
        private final int attempts;
        private final Duration initialDelay;
        private final Duration maximumDelay;

        private Configuration(
                SagaEvents events,
                BiConsumer<Exchange, String> deadLetters,
                int attempts,
                Duration initialDelay,
                Duration maximumDelay) {
            this.events = events;
            this.deadLetters = deadLetters;
            this.attempts = attempts;
            this.initialDelay = initialDelay;
            this.maximumDelay = maximumDelay;
        }

        @Override
        public void configuration() {
            routeConfiguration(ID)
                    .onException(StepRefusedException.class)
                    .handled(true)
                    .process(exchange -> events.late(exchange, failureOf(exchange)))
                    .end()
                    // neither tried again nor kept: it stays uncommitted, and comes to who can start its saga
                    .onException(StoppingException.class)
                    .handled(false)
                    .end()
                    .onException(MalformedMessageException.class, IllegalArgumentException.class)
                    .handled(true)
                    .process(this::keep)
                    .end()
                    .onException(Exception.class)
                    .maximumRedeliveries(attempts - 1)
                    .redeliveryDelay(initialDelay.toMillis())
                    .useExponentialBackOff()
                    .backOffMultiplier(DOUBLED)
                    .maximumRedeliveryDelay(maximumDelay.toMillis())
                    .handled(true)
                    .process(this::keep);
        }

        private static Exception failureOf(Exchange exchange) {
            return exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        }

        /** When it cannot be kept, the exchange fails, and the event stays uncommitted. */
        private void keep(Exchange exchange) {
            deadLetters.accept(exchange, Failures.text(failureOf(exchange)));
        }
    }
}
