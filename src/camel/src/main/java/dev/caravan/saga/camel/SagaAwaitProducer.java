package dev.caravan.saga.camel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.StepFailure;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;

/** A step that waits for a person or an event: like a command that nobody is sent. */
final class SagaAwaitProducer extends SagaCommandProducer {

    private final AwaitedReply awaited;

    SagaAwaitProducer(Endpoint endpoint, String what, SagaHost host, Payloads payloads, AwaitedReply awaited) {
        super(endpoint, what, host, payloads, awaited);
        this.awaited = awaited;
    }

    @Override
    CompletableFuture<JsonNode> run(Exchange exchange) {
        if (SagaContext.of(exchange).phase() != Phase.ACTION) {
            throw new IllegalStateException(
                    "saga-await:%s stands in a compensation or completion: nobody is waited for there"
                            .formatted(command));
        }
        return super.run(exchange);
    }

    @Override
    CompletableFuture<JsonNode> act(Exchange exchange, LiveSaga saga, Step step, String longRunningAction) {
        Optional<StepFailure> unheard = saga.recorded().unheardFailure(step, command);
        if (unheard.isPresent()) {
            return CompletableFuture.failedFuture(awaited.exception(saga, step, unheard.get()));
        }
        return awaited.await(exchange, saga, step, () -> CompletableFuture.completedFuture(null))
                .handle((reply, failure) -> failure == null
                        ? CompletableFuture.completedFuture(reply.result())
                        : CompletableFuture.<JsonNode>failedFuture(AwaitedReply.failure(Failures.cause(failure))))
                .thenCompose(answer -> answer);
    }

    /** An answer without a body leaves the message as it is. */
    @Override
    void goOnWith(Exchange exchange, JsonNode result) {
        if (result != null && !result.isNull() && !result.isMissingNode()) {
            super.goOnWith(exchange, result);
        }
    }
}
