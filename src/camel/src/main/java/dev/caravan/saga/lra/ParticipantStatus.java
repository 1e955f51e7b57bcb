package dev.caravan.saga.lra;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.lra.CallbackToken.Enlistment;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.Optional;

/** What the log says of a step, in the words of MicroProfile LRA. */
final class ParticipantStatus {

    static final String FAILED_TO_COMPENSATE = "FailedToCompensate";
    static final String FAILED_TO_COMPLETE = "FailedToComplete";

    private ParticipantStatus() {}

    /** True when only a person can change it. */
    static boolean isFailure(String status) {
        return status.equals(FAILED_TO_COMPENSATE) || status.equals(FAILED_TO_COMPLETE);
    }

    /** @return for instance {@code Compensating} */
    static String of(SagaState state, Enlistment enlistment) {
        Optional<StepState> step = state.step(enlistment.step());
        StepStatus status = step.map(StepState::status).orElse(StepStatus.REJECTED);
        if (state.failedForward()) {
            return status == StepStatus.COMPLETION_FAILED ? FAILED_TO_COMPLETE : "Completed";
        }
        return switch (state.status()) {
            case COMPLETED -> "Completed";
            case COMPLETING ->
                step.filter(StepState::countsAsDone)
                                .flatMap(StepState::completion)
                                .isPresent()
                        ? "Completing"
                        : "Completed";
            case COMPENSATED -> "Compensated";
            default -> compensationStatus(state, step, status);
        };
    }

    private static String compensationStatus(SagaState state, Optional<StepState> step, StepStatus status) {
        if (status == StepStatus.COMPENSATION_FAILED) {
            return FAILED_TO_COMPENSATE;
        } else if (!status.needsCompensation()) {
            return "Compensated";
        } else if (state.status() == SagaStatus.EXECUTING) {
            return "Active";
        }
        return step.flatMap(StepState::compensation).isEmpty() ? "Compensated" : "Compensating";
    }
}
