package dev.caravan.saga.camel;

import dev.caravan.saga.camel.StartedSaga.Acceptance;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.state.SagaState;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;

/** Starts a saga by sending a message to a route that begins with the Saga EIP. Holds no thread while it runs. */
public final class SagaStarter {

    private static final Payloads PAYLOADS = new Payloads(new MessageCodec().json());

    private final CamelContext context;
    private final Origin origin;
    private final RouteThreads threads;
    private final StartLimit limit;
    private @Nullable ProducerTemplate template;

    /** Says where a saga comes from: headers of the message with which it starts, which are in its log then. */
    @FunctionalInterface
    public interface Origin {
        Map<String, Object> headers();
    }

    public SagaStarter(CamelContext context) {
        this(context, Map::of);
    }

    /** @param origin asked on the thread that starts a saga */
    public SagaStarter(CamelContext context, Origin origin) {
        this(context, origin, RouteThreads.none());
    }

    public SagaStarter(CamelContext context, Origin origin, RouteThreads threads) {
        this(context, origin, threads, StartLimit.none());
    }

    /**
     * @param threads on which routes run; without any, those of Camel's producer templates, which are few
     * @param limit beyond it, a saga fails with {@link dev.caravan.saga.engine.TooManySagasException} and is not started
     */
    public SagaStarter(CamelContext context, Origin origin, RouteThreads threads, StartLimit limit) {
        this.limit = limit;
        this.threads = threads;
        this.context = context;
        this.origin = origin;
    }

    /**
     * @param endpoint of the route, for instance {@code direct:order-saga}
     * @param body a Map, a record, or JSON text; the route gets it as a Map, as it does after a crash
     * @param key what the application calls the saga; may be {@code null}. Of starts of one route with one key, there is
     *     one saga: whoever asks again is told of the first, or fails with {@link
     *     dev.caravan.saga.engine.KeyTakenException} if the body is another
     * @param headers of its message; {@code CaravanStartAt} or {@code CaravanStartAfter} says that it is to begin later
     */
    public StartedSaga start(String endpoint, Object body, @Nullable String key, Map<String, Object> headers) {
        CompletableFuture<Acceptance> accepted = new CompletableFuture<>();
        CompletableFuture<SagaState> ended =
                accepted.thenCompose(known -> known.ended().get());
        try {
            StartLimit.Admission admission = limit.enter();
            ended.whenComplete((state, failure) -> admission.ended(failure == null));
            accepted.thenAccept(known -> known.leave(admission));
            Endpoint route = context.getEndpoint(endpoint);
            Exchange exchange = route.createExchange(ExchangePattern.InOut);
            exchange.getIn().setBody(PAYLOADS.fromJson(PAYLOADS.toJson(body)));
            exchange.getIn().setHeaders(KeptMessage.ownHeaders(headers, Credentials.of(context)));
            origin.headers().forEach(exchange.getIn()::setHeader);
            if (key != null) {
                exchange.getIn().setHeader(SagaConstants.SAGA_KEY, key);
            }
            SagaContext.of(exchange).accepting(accepted).on(exchange);
            threads.run(() -> send(route, exchange, accepted));
        } catch (RuntimeException e) {
            accepted.completeExceptionally(e);
        }
        return StartedSaga.of(accepted, ended);
    }

    private void send(Endpoint route, Exchange exchange, CompletableFuture<Acceptance> accepted) {
        Failures.called(() -> template().asyncSend(route, exchange)).whenComplete((sent, failure) -> {
            Throwable cause = failure == null ? sent.getException() : failure;
            accepted.completeExceptionally(
                    cause == null
                            ? new IllegalStateException("Route %s started no saga".formatted(route.getEndpointUri()))
                            : cause);
        });
    }

    private synchronized ProducerTemplate template() {
        if (template == null) {
            template = context.createProducerTemplate();
            template.setThreadedAsyncMode(threads.isNone());
        }
        return template;
    }
}
