package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.state.Awaiting;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * What is to be done when the deadline of a step that waits is near, and when it is over. The log says when that is: a timer
 * of a deadline that was moved does nothing. Nothing is left of them when there is an answer.
 */
final class AwaitDeadlines {

    private static final Logger LOGGER = SagaLogger.of(AwaitDeadlines.class);
    private static final Duration REMIND_AGAIN = Duration.ofMinutes(1);

    private final SagaHost host;
    private final AwaitedSteps steps;

    AwaitDeadlines(SagaHost host, AwaitedSteps steps) {
        this.host = host;
        this.steps = steps;
    }

    void watch(LiveSaga saga, PendingReplies.Pending reply) {
        awaiting(saga, reply).ifPresent(awaiting -> {
            at(awaiting.deadline(), reply, () -> late(saga, reply));
            awaiting.remindAt().ifPresent(when -> at(when, reply, () -> remind(saga, reply)));
        });
    }

    private static Optional<Awaiting> awaiting(LiveSaga saga, PendingReplies.Pending reply) {
        return saga.state()
                .step(reply.step())
                .filter(known -> known.awaits(reply.command()))
                .map(StepState::awaiting);
    }

    private void at(Instant when, PendingReplies.Pending reply, Runnable what) {
        Duration left = Duration.between(host.now(), when);
        if (left.isNegative() || left.isZero()) {
            host.executor().execute(what);
            return;
        }
        Runnable cancel = host.timers().schedule(left, what);
        reply.reply().whenComplete((answer, failure) -> cancel.run());
    }

    private void late(LiveSaga saga, PendingReplies.Pending reply) {
        synchronized (saga) {
            awaiting(saga, reply)
                    .filter(awaiting -> !saga.isGone() && !host.now().isBefore(awaiting.deadline()))
                    .ifPresent(
                            awaiting -> steps.late(saga, reply.step(), awaiting).exceptionally(failure -> {
                                LOGGER.debug(
                                        "Saga {}: step {} is late: {}",
                                        saga,
                                        reply.step(),
                                        Printable.of(failure.toString()));
                                return null;
                            }));
        }
    }

    /** Tells first and writes down then: after a crash in between, it is told again. */
    private void remind(LiveSaga saga, PendingReplies.Pending reply) {
        boolean due = awaiting(saga, reply)
                .flatMap(Awaiting::remindAt)
                .filter(when -> !host.now().isBefore(when))
                .isPresent();
        if (!due || saga.isGone() || reply.reply().isDone()) {
            return;
        }
        host.ownership()
                .remind(saga.state(), saga.state().step(reply.step()).orElseThrow())
                .thenCompose(told -> saga.append(new Awaits.StepReminder(reply.step(), reply.command())))
                .whenComplete((done, failure) -> {
                    if (failure != null && !saga.isGone()) {
                        LOGGER.warn(
                                "Saga {}: the reminder of step {} is told again in a minute: {}",
                                saga,
                                reply.step(),
                                Printable.of(failure));
                        at(host.now().plus(REMIND_AGAIN), reply, () -> remind(saga, reply));
                    }
                });
    }
}
