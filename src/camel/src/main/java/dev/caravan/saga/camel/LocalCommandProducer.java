package dev.caravan.saga.camel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.Participants;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Hands a command of a step to the participant in this process: it runs once in effect, behind its inbox, however often
 * its event comes. What became of it is told in the saga's log, also when the saga runs elsewhere.
 */
class LocalCommandProducer extends CommandProducer {

    private final Participants participants;
    private final SagaRequests requests;

    LocalCommandProducer(
            SagaCommandEndpoint endpoint,
            Participants participants,
            SagaHost host,
            SagaRequests requests,
            Payloads payloads) {
        super(endpoint, host, payloads);
        this.participants = participants;
        this.requests = requests;
    }

    @Override
    CompletableFuture<JsonNode> run(Exchange exchange) {
        SagaId sagaId =
                LongRunningAction.of(exchange).map(LongRunningAction::sagaId).orElseThrow(() -> misplaced());
        Step step = Optional.ofNullable(SagaContext.of(exchange).step()).orElseThrow(() -> misplaced());
        Phase phase = SagaContext.of(exchange).phase();
        if (phase == Phase.ACTION && !isExecuting(sagaId)) {
            throw new StepRefusedException(
                    "Saga %s is being ended, or has ended: step %s does not begin any more".formatted(sagaId, step));
        }
        SagaCommand message = message(sagaId, step, data(exchange, phase), phase);
        return participants
                .call(message)
                .thenComposeAsync(
                        reply -> record(reply, phase).thenCompose(recorded -> resultOf(reply)), host.executor());
    }

    /** An action that is tried again would otherwise keep its own compensation waiting. Where it is not known, it is tried. */
    private boolean isExecuting(SagaId sagaId) {
        return host.live(sagaId)
                .map(LiveSaga::state)
                .or(() -> host.ownership().inFlight(sagaId))
                .map(saga -> saga.status() == SagaStatus.EXECUTING)
                .orElse(true);
    }

    private IllegalStateException misplaced() {
        return new IllegalStateException(
                "saga-command:%s/%s?local=true is used outside of a step: put it into a route with <saga>"
                        .formatted(service, command));
    }

    private @Nullable JsonNode data(Exchange exchange, Phase phase) {
        Object body = exchange.getIn().getBody();
        StepState step = SagaContext.of(exchange).callback();
        return phase == Phase.ACTION || body != null || step == null ? data(body) : payloads.callbackData(step);
    }

    /** An outcome that is not known is told nobody: the event comes again. */
    private CompletableFuture<Void> record(SagaReply reply, Phase phase) {
        if (phase != Phase.ACTION || reply.outcome() == SagaReply.Outcome.UNKNOWN) {
            return CompletableFuture.completedFuture(null);
        }
        SagaEvent event = reply.status() == SagaReply.Status.SUCCESS
                ? new SagaEvent.Success(reply.step(), command, reply.result())
                : new SagaEvent.StepRejected(reply.step(), command, reply.code(), reply.error());
        return host.live(reply.sagaId())
                .map(saga -> RequestedEvents.ofWorkingStep(saga, reply.step(), event))
                .orElseGet(() -> requests.ask(reply.sagaId(), event));
    }

    private static CompletableFuture<JsonNode> resultOf(SagaReply reply) {
        return reply.status() == SagaReply.Status.SUCCESS
                ? CompletableFuture.completedFuture(reply.result())
                : CompletableFuture.failedFuture(exception(reply));
    }
}
