package dev.caravan.saga.camel;

import dev.caravan.saga.host.LiveSaga;
import dev.caravan.saga.message.MessageCodec;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;

/** Starts a saga by sending a message to a route that begins with the Saga EIP. Holds no thread while it runs. */
public final class SagaStarter {

    private static final Payloads PAYLOADS = new Payloads(new MessageCodec().json());

    private final CamelContext context;
    private ProducerTemplate template;

    public SagaStarter(CamelContext context) {
        this.context = context;
    }

    /**
     * @param endpoint of the route, for instance {@code direct:order-saga}
     * @param body a Map, a record, or JSON text; the route gets it as a Map, as it does after a crash
     * @param key what the application calls the saga; may be {@code null}
     */
    public StartedSaga start(String endpoint, Object body, String key, Map<String, Object> headers) {
        CompletableFuture<LiveSaga> accepted = new CompletableFuture<>();
        try {
            Endpoint route = context.getEndpoint(endpoint);
            Exchange exchange = route.createExchange(ExchangePattern.InOut);
            exchange.getIn().setBody(PAYLOADS.fromJson(PAYLOADS.toJson(body)));
            exchange.getIn().setHeaders(Payloads.durableHeaders(headers));
            if (key != null) {
                exchange.getIn().setHeader(SagaConstants.SAGA_KEY, key);
            }
            exchange.setProperty(SagaConstants.ACCEPTED_PROPERTY, accepted);
            template().asyncSend(route, exchange).whenComplete((sent, failure) -> {
                Throwable cause = failure == null ? sent.getException() : failure;
                accepted.completeExceptionally(
                        cause == null
                                ? new IllegalStateException("Route %s started no saga".formatted(endpoint))
                                : cause);
            });
        } catch (RuntimeException e) {
            accepted.completeExceptionally(e);
        }
        return new StartedSaga(accepted.thenApply(LiveSaga::id), accepted.thenCompose(LiveSaga::ended));
    }

    private synchronized ProducerTemplate template() {
        if (template == null) {
            template = context.createProducerTemplate();
        }
        return template;
    }
}
