package dev.caravan.saga.camel;

import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.StepState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;

/** Sends the exchange of a compensation or completion to its endpoint. Thread-safe; holds no thread. */
final class CallbackRoutes {

    private final CamelContext context;
    private final RouteThreads threads;
    private @Nullable ProducerTemplate template;

    /** @param threads on which the endpoints' routes run */
    CallbackRoutes(CamelContext context, RouteThreads threads) {
        this.threads = threads;
        this.context = context;
    }

    /**
     * @param saga the saga, if it runs here; otherwise {@code null}
     * @return completes when the endpoint's route has ended well; fails with what it {@linkplain Failures#met met}
     */
    CompletableFuture<Void> call(@Nullable LiveSaga saga, StepState step, Phase phase, String longRunningAction) {
        return Failures.asFuture(() -> {
            String uri = (phase == Phase.COMPENSATION ? step.compensation() : step.completion()).orElseThrow();
            if (saga != null && ChildSteps.isChild(uri)) {
                return ChildSteps.of(context).end(saga, uri, phase);
            }
            Endpoint endpoint =
                    context.getEndpoint(CallbackAddresses.of(context).meant(uri));
            Exchange exchange =
                    isCalledBack(saga) ? endpoint.createExchange(ExchangePattern.InOut) : endpoint.createExchange();
            if (saga != null) {
                SagaContext.bind(exchange, saga);
                LongRunningAction.bind(exchange, longRunningAction, saga.id());
            }
            LongRunningAction.enter(exchange, longRunningAction);
            SagaContext.of(exchange).inCallback(step, phase).on(exchange);
            exchange.getIn().setHeaders(KeptOptions.read(context, step));
            exchange.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, longRunningAction);
            return sent(endpoint, exchange).thenCompose(sent -> ended(sent, saga));
        });
    }

    /** By an LRA coordinator, which gets an answer; Camel's own service in memory sends a message in one way, and so does the log. */
    private static boolean isCalledBack(@Nullable LiveSaga saga) {
        return saga != null && saga.state().started().coordinator() != null;
    }

    private static CompletableFuture<Void> ended(Exchange sent, @Nullable LiveSaga saga) {
        Optional<Exception> met = Failures.met(sent);
        if (met.isPresent() && saga != null) {
            ChildSagas.leaveBehind(sent, saga);
        }
        return met.map(CompletableFuture::<Void>failedFuture).orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Exchange> sent(Endpoint endpoint, Exchange exchange) {
        CompletableFuture<Exchange> sent = new CompletableFuture<>();
        threads.run(() -> Failures.called(() -> template().asyncSend(endpoint, exchange))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        sent.complete(done);
                    } else {
                        sent.completeExceptionally(failure);
                    }
                }));
        return sent;
    }

    private synchronized ProducerTemplate template() {
        if (template == null) {
            template = context.createProducerTemplate();
            template.setThreadedAsyncMode(false); // its own threads are few
        }
        return template;
    }
}
