package dev.caravan.saga.camel;

import dev.caravan.saga.test.World;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;

/**
 * {@code wire:name}, as HTTP and JMS are: of the message, body and headers get to the other side, and to nobody when the
 * process is dead; a failure there is one of the call. In a {@link World}.
 */
final class WireComponent extends DefaultComponent {

    private final Supplier<World> world;
    private final Map<String, WireConsumer> consumers = new ConcurrentHashMap<>();

    WireComponent(Supplier<World> world) {
        this.world = world;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
        return new WireEndpoint(uri, name);
    }

    private final class WireEndpoint extends DefaultEndpoint {

        private final String name;

        private WireEndpoint(String uri, String name) {
            super(uri, WireComponent.this);
            this.name = name;
        }

        @Override
        public Producer createProducer() {
            return new WireProducer(this);
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            return new WireConsumer(this, processor);
        }
    }

    private final class WireConsumer extends DefaultConsumer {

        private final String name;

        private WireConsumer(WireEndpoint endpoint, Processor processor) {
            super(endpoint, processor);
            this.name = endpoint.name;
        }

        @Override
        protected void doStart() {
            consumers.put(name, this);
        }

        private Exchange request(Exchange from) {
            Exchange request = getEndpoint().createExchange(from.getPattern());
            carry(from, request);
            return request;
        }
    }

    private static void carry(Exchange from, Exchange to) {
        to.getMessage().setBody(from.getMessage().getBody());
        from.getMessage().getHeaders().forEach((name, value) -> {
            if (!name.startsWith("Camel")) {
                to.getMessage().setHeader(name, value);
            }
        });
    }

    private final class WireProducer extends DefaultAsyncProducer {

        private final String name;

        private WireProducer(WireEndpoint endpoint) {
            super(endpoint);
            this.name = endpoint.name;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            WireConsumer consumer = consumers.get(name);
            Exchange request = consumer.request(exchange);
            boolean answers = exchange.getPattern().isOutCapable();
            world.get().current().execute(() -> consumer.getAsyncProcessor().process(request, doneSync -> {
                if (answers) {
                    answer(request, exchange);
                    callback.done(false);
                }
            }));
            if (!answers) {
                callback.done(true);
            }
            return !answers;
        }

        private void answer(Exchange request, Exchange exchange) {
            if (request.getException() == null) {
                carry(request, exchange);
            } else {
                exchange.setException(new IllegalStateException(
                        "500: " + request.getException().getMessage()));
            }
        }
    }
}
