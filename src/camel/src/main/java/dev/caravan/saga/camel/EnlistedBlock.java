package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepFailure;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;

/**
 * The block of a step of a saga that runs elsewhere, where the sender of the message waits for the answer. How it ended is
 * told to who runs the saga, by its log; asked again by a later run of the saga's route, it is answered from there.
 */
final class EnlistedBlock {

    private final SagaId sagaId;
    private final SagaRequests requests;
    private final RouteThreads threads;
    private final Step step;

    private EnlistedBlock(SagaId sagaId, SagaRequests requests, RouteThreads threads, Step step) {
        this.sagaId = sagaId;
        this.requests = requests;
        this.threads = threads;
        this.step = step;
    }

    /**
     * The exchange's block is the step that was let in.
     *
     * @return completes when the block may go on, or is answered; fails when it must not
     */
    static CompletableFuture<Void> begin(
            Exchange exchange,
            SagaId sagaId,
            SagaRequests requests,
            RouteThreads threads,
            SagaEvent.Enlist joined,
            boolean idempotent) {
        BlockRun run = SagaContext.of(exchange).block();
        if (run == null) {
            return CompletableFuture.completedFuture(null);
        }
        EnlistedBlock block = new EnlistedBlock(sagaId, requests, threads, joined.step());
        run.joined(block);
        return Boolean.TRUE.equals(joined.again())
                ? requests.state(sagaId).thenCompose(saga -> block.again(exchange, run, saga, idempotent))
                : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> again(Exchange exchange, BlockRun run, SagaState saga, boolean idempotent) {
        StepFailure broken = saga.step(step).orElseThrow().failures().get(UnfinishedSteps.BLOCK);
        if (broken != null) {
            return CompletableFuture.failedFuture(RecordedException.meet(exchange, sagaId, step, broken));
        }
        return StepAgain.doubt(run, exchange.getContext(), saga, step, idempotent)
                .map(this::undo)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<Void> undo(String reason) {
        return requests.ask(sagaId, new SagaEvent.Fail(step, reason))
                .thenCompose(asked -> CompletableFuture.failedFuture(new StepRefusedException(reason)));
    }

    /**
     * @param failure with which the block broke off; empty: it did not
     * @return completes when it is durable that the block has ended, on a thread where its route may go on
     */
    CompletableFuture<Void> end(Exchange exchange, Optional<Exception> failure) {
        return RouteWait.of(
                exchange, Failures.asFuture(() -> StepEnds.tell(exchange, requests, sagaId, step, failure)), threads);
    }
}
