package dev.caravan.saga.state;

import static dev.caravan.saga.SagaStatus.COMPENSATED;
import static dev.caravan.saga.SagaStatus.COMPENSATING;
import static dev.caravan.saga.SagaStatus.COMPLETED;
import static dev.caravan.saga.SagaStatus.COMPLETING;
import static dev.caravan.saga.SagaStatus.EXECUTING;
import static dev.caravan.saga.SagaStatus.FAILED;
import static dev.caravan.saga.SagaStatus.INITIAL;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The states of one saga and the transitions between them. Not thread-safe.
 *
 * <pre>
 * INITIAL       START → EXECUTING
 * EXECUTING     SUCCESS → EXECUTING   COMPLETE → COMPLETED   FAIL, TIMEOUT → COMPENSATING
 * COMPENSATING  COMPENSATE_SUCCESS → COMPENSATING   COMPENSATE_COMPLETE → COMPENSATED   COMPENSATE_FAIL → FAILED
 * </pre>
 *
 * The extension: EXECUTING may CLOSE into COMPLETING, which stays so by COMPLETE_SUCCESS and COMPLETEs into COMPLETED;
 * it may COMPLETE_FAIL into FAILED. FAILED may RETRY into COMPENSATING or RESOLVE into COMPENSATED; of a saga that failed on its
 * {@linkplain #nextForward way forward}, into COMPLETING and COMPLETED.
 */
public final class SagaStateMachine {

    private static final Map<SagaStatus, Map<Transition, SagaStatus>> TABLE = new EnumMap<>(Map.of(
            INITIAL, Map.of(Transition.START, EXECUTING),
            EXECUTING,
                    Map.of(
                            Transition.SUCCESS, EXECUTING,
                            Transition.COMPLETE, COMPLETED,
                            Transition.FAIL, COMPENSATING,
                            Transition.TIMEOUT, COMPENSATING,
                            Transition.CLOSE, COMPLETING),
            COMPLETING,
                    Map.of(
                            Transition.COMPLETE_SUCCESS, COMPLETING,
                            Transition.COMPLETE_FAIL, FAILED,
                            Transition.COMPLETE, COMPLETED),
            COMPENSATING,
                    Map.of(
                            Transition.COMPENSATE_SUCCESS, COMPENSATING,
                            Transition.COMPENSATE_COMPLETE, COMPENSATED,
                            Transition.COMPENSATE_FAIL, FAILED),
            COMPLETED, Map.of(),
            COMPENSATED, Map.of(),
            FAILED, Map.of(Transition.RETRY, COMPENSATING, Transition.RESOLVE, COMPENSATED)));

    private final SagaId sagaId;
    private SagaStatus state = INITIAL;

    public SagaStateMachine(SagaId sagaId) {
        this.sagaId = sagaId;
    }

    /** Where a saga comes to from a status by a transition; empty when the table does not allow it. */
    public static Optional<SagaStatus> next(SagaStatus from, Transition transition) {
        return Optional.ofNullable(TABLE.getOrDefault(from, Map.of()).get(transition));
    }

    /** Where a FAILED saga comes to that was to complete: nothing of it is undone any more. */
    static Optional<SagaStatus> nextForward(Transition transition) {
        return switch (transition) {
            case RETRY -> Optional.of(COMPLETING);
            case RESOLVE -> Optional.of(COMPLETED);
            default -> Optional.empty();
        };
    }

    /**
     * Moves on.
     *
     * @return the new state
     * @throws IllegalTransitionException the table does not allow it; the state is as before
     */
    public SagaStatus transition(Transition transition) {
        state = next(state, transition).orElseThrow(() -> new IllegalTransitionException(sagaId, state, transition));
        return state;
    }

    public SagaStatus state() {
        return state;
    }

    public boolean isTerminal() {
        return state.isTerminal();
    }

    public boolean canCompensate() {
        return state == COMPENSATING;
    }
}
