package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.CallbackWaitsException;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepState;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Does for a saga that runs here what somebody who does not run it has asked for. What was done before is not done again. */
final class RequestedEvents {

    private static final Logger LOGGER = SagaLogger.of(RequestedEvents.class);

    private final SagaHost host;
    private final Decider decider;

    RequestedEvents(SagaHost host, Decider decider) {
        this.host = host;
        this.decider = decider;
    }

    /** Must be called on a thread that is not Kafka's; does not block. */
    void handle(LiveSaga saga, SagaEvent.Request request) {
        SagaEvent event = request.event();
        if (isOfAnothersStep(saga, request)) {
            LOGGER.warn(
                    "Saga {}: {} answers {} for a step that it has not enlisted",
                    saga,
                    Printable.of(request.application()),
                    Printable.of(event.type()));
            host.refuse(
                    saga.id(), request, "the step is not one that %s has enlisted".formatted(request.application()));
        } else if (saga.state().isScheduled() && !reachesBefore(event)) {
            host.refuse(saga.id(), request, "the saga has not begun");
        } else if (event instanceof SagaEvent.Enlist step) {
            enlist(saga, request, step);
        } else if (event instanceof SagaEvent.StepEnd end) {
            StepEnds.heard(saga, end.step(), event);
        } else if (event instanceof SagaEvent.StepUnknown broken && UnfinishedSteps.BLOCK.equals(broken.command())) {
            StepEnds.heard(saga, broken.step(), event);
        } else if (event instanceof SagaEvent.Success success) {
            ofWorkingStep(saga, success.step(), event);
        } else if (event instanceof SagaEvent.StepRejected rejected) {
            ofWorkingStep(saga, rejected.step(), event);
        } else if (event instanceof SagaEvent.CompensateSuccess success) {
            answer(saga, success.step(), Phase.COMPENSATION, null, event);
        } else if (event instanceof SagaEvent.CompensateRetry retry) {
            answer(saga, retry.step(), Phase.COMPENSATION, failure(retry.attempt(), retry.error()), event);
        } else if (event instanceof SagaEvent.StepCompensateFailed failed) {
            answer(saga, failed.step(), Phase.COMPENSATION, failure(failed), event);
        } else if (event instanceof SagaEvent.CompleteSuccess success) {
            answer(saga, success.step(), Phase.COMPLETION, null, event);
        } else if (event instanceof SagaEvent.CompleteRetry retry) {
            answer(saga, retry.step(), Phase.COMPLETION, failure(retry), event);
        } else if (event instanceof SagaEvent.OfAwaits awaits) {
            answer(saga, request, awaits);
        } else if (event instanceof SagaEvent.Limit limit) {
            saga.appendIfAllowed(limit).thenRun(() -> decider.watchDeadline(saga));
        } else if (event instanceof SagaEvent.Complete) {
            decider.askToComplete(saga, null);
        } else if (event instanceof SagaEvent.Fail || event instanceof SagaEvent.Timeout) {
            decider.askToCompensate(saga, event, null);
        } else {
            LOGGER.warn(
                    "Saga {}: {} asks for {}, which nobody may",
                    saga,
                    Printable.of(request.application()),
                    Printable.of(event.type()));
            host.refuse(saga.id(), request, "nobody may ask for " + event.type());
        }
    }

    /** What can be asked of a saga that has yet to begin: that it never does, and what its steps will wait for. */
    private static boolean reachesBefore(SagaEvent event) {
        return event instanceof SagaEvent.Fail
                || event instanceof SagaEvent.Timeout
                || event instanceof SagaEvent.OfAwaits;
    }

    private void answer(LiveSaga saga, SagaEvent.Request request, SagaEvent.OfAwaits event) {
        host.awaited().take(saga, event, request.id()).exceptionally(failure -> {
            if (!saga.isGone()) {
                LOGGER.info(
                        "{} of saga {} is refused: {}",
                        Printable.of(event.type()),
                        saga,
                        Printable.of(Failures.text(failure)));
                host.refuse(saga.id(), request, Failures.text(failure));
            }
            return null;
        });
    }

    /** What became of a step, its compensation or completion is said by the application that enlisted it. */
    private static boolean isOfAnothersStep(LiveSaga saga, SagaEvent.Request request) {
        Step step = answered(request.event());
        Optional<StepState> known =
                step == null ? Optional.empty() : saga.state().step(step);
        return known.isPresent()
                && !Objects.requireNonNullElse(
                                known.get().enlistment().application(),
                                Objects.requireNonNullElse(
                                        saga.state().started().application(), request.application()))
                        .equals(request.application());
    }

    private static @Nullable Step answered(SagaEvent event) {
        if (event instanceof SagaEvent.CompensateSuccess success) {
            return success.step();
        } else if (event instanceof SagaEvent.CompensateRetry retry) {
            return retry.step();
        } else if (event instanceof SagaEvent.StepCompensateFailed failed) {
            return failed.step();
        } else if (event instanceof SagaEvent.CompleteSuccess success) {
            return success.step();
        } else if (event instanceof SagaEvent.StepEnd end) {
            return end.step();
        } else if (event instanceof SagaEvent.StepUnknown broken) {
            return broken.step();
        }
        return event instanceof SagaEvent.CompleteRetry retry ? retry.step() : null;
    }

    /** Compensations and completions of a step that this application enlists itself need no call. */
    private void enlist(LiveSaga saga, SagaEvent.Request request, SagaEvent.Enlist step) {
        boolean own = request.application().equals(saga.state().started().application());
        SagaEvent.Enlist asked = new SagaEvent.Enlist(
                step.step(),
                step.compensation(),
                step.completion(),
                step.options(),
                null,
                own ? null : request.application(),
                request.id(),
                step.kind(),
                step.kinds(),
                null,
                step.again());
        (step.again() == null
                        ? saga.enlistByEvent(asked)
                        : decider.beforeAgain(saga, asked).thenCompose(undone -> saga.enlistByCall(asked)))
                .exceptionally(failure -> {
                    if (!saga.isGone()) {
                        host.refuse(saga.id(), request, Failures.text(failure));
                    }
                    return null;
                });
    }

    /** Who was called by an LRA coordinator tells it unasked; who waits for a call writes the answer down itself. */
    private static void answer(LiveSaga saga, Step step, Phase phase, @Nullable Exception failure, SagaEvent event) {
        boolean expected = saga.calls().answer(step, phase, failure);
        boolean open = saga.state()
                .step(step)
                .filter(known -> phase == Phase.COMPENSATION
                        ? known.status().needsCompensation()
                        : RemainingSteps.isToBeCompleted(known))
                .isPresent();
        if (!expected && open && !(failure instanceof CallbackWaitsException)) {
            saga.appendIfAllowed(event);
        }
    }

    private static Exception failure(SagaEvent.StepCompensateFailed failed) {
        return failed.code() == null
                ? failure(failed.attempts(), failed.error())
                : new StepRejectedException(failed.code(), failed.error());
    }

    /** A participant that never did the step refuses to complete it, however often it is asked. */
    private static Exception failure(SagaEvent.CompleteRetry retry) {
        return retry.code() == null
                ? failure(retry.attempt(), retry.error())
                : new StepRejectedException(retry.code(), retry.error());
    }

    /** With attempt 0, the callback did not come to act. */
    private static Exception failure(int attempt, @Nullable String error) {
        return attempt == 0 ? new CallbackWaitsException(error) : new IllegalStateException(error);
    }

    /** The first answer of a step counts, and is told once. */
    static CompletableFuture<Void> ofWorkingStep(LiveSaga saga, Step step, SagaEvent event) {
        boolean working = saga.state()
                .step(step)
                .filter(known -> known.status() == StepStatus.ENLISTED)
                .isPresent();
        return working ? saga.appendIfAllowed(event) : CompletableFuture.completedFuture(null);
    }
}
