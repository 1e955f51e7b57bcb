package dev.caravan.saga.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SagaStateMachineTest {

    /** The whole table, once more and by hand. */
    private static final String TABLE = """
            INITIAL START EXECUTING
            EXECUTING SUCCESS EXECUTING
            EXECUTING COMPLETE COMPLETED
            EXECUTING FAIL COMPENSATING
            EXECUTING TIMEOUT COMPENSATING
            COMPENSATING COMPENSATE_SUCCESS COMPENSATING
            COMPENSATING COMPENSATE_COMPLETE COMPENSATED
            COMPENSATING COMPENSATE_FAIL FAILED
            """;

    private static final String EXTENSION = """
            EXECUTING CLOSE COMPLETING
            COMPLETING COMPLETE_SUCCESS COMPLETING
            COMPLETING COMPLETE COMPLETED
            COMPLETING COMPLETE_FAIL FAILED
            FAILED RETRY COMPENSATING
            FAILED RESOLVE COMPENSATED
            """;

    /** How to come to each status from the beginning. */
    private static final Map<SagaStatus, List<Transition>> WAYS = new EnumMap<>(Map.of(
            SagaStatus.INITIAL, List.of(),
            SagaStatus.EXECUTING, List.of(Transition.START),
            SagaStatus.COMPLETING, List.of(Transition.START, Transition.CLOSE),
            SagaStatus.COMPLETED, List.of(Transition.START, Transition.COMPLETE),
            SagaStatus.COMPENSATING, List.of(Transition.START, Transition.FAIL),
            SagaStatus.COMPENSATED, List.of(Transition.START, Transition.FAIL, Transition.COMPENSATE_COMPLETE),
            SagaStatus.FAILED, List.of(Transition.START, Transition.FAIL, Transition.COMPENSATE_FAIL)));

    private final SagaId sagaId = new SagaId("order-1");

    static Stream<Arguments> everyPair() {
        return Arrays.stream(SagaStatus.values())
                .flatMap(status -> Arrays.stream(Transition.values()).map(move -> Arguments.of(status, move)));
    }

    private static Optional<SagaStatus> expected(SagaStatus from, Transition move) {
        return (TABLE + EXTENSION)
                .lines()
                .map(line -> line.split(" "))
                .filter(line -> line[0].equals(from.name()) && line[1].equals(move.name()))
                .map(line -> SagaStatus.valueOf(line[2]))
                .findFirst();
    }

    private SagaStateMachine machineIn(SagaStatus status) {
        SagaStateMachine machine = new SagaStateMachine(sagaId);
        WAYS.get(status).forEach(machine::transition);
        assertThat(machine.state()).isEqualTo(status);
        return machine;
    }

    @ParameterizedTest
    @MethodSource("everyPair")
    void movesAsTheTableSaysAndNotOtherwise(SagaStatus from, Transition move) {
        assertThat(SagaStateMachine.next(from, move)).isEqualTo(expected(from, move));
    }

    @ParameterizedTest
    @MethodSource("everyPair")
    void refusesWhatTheTableDoesNotSayAndStaysAsItWas(SagaStatus from, Transition move) {
        SagaStateMachine machine = machineIn(from);

        if (expected(from, move).isPresent()) {
            assertThat(machine.transition(move)).isEqualTo(expected(from, move).get());
            assertThat(machine.state()).isEqualTo(expected(from, move).get());
        } else {
            assertThatThrownBy(() -> machine.transition(move))
                    .isInstanceOf(IllegalTransitionException.class)
                    .hasMessage("Saga order-1 is %s: %s is not possible", from, move);
            assertThat(machine.state()).isEqualTo(from);
        }
    }

    @Test
    void beginsAsInitial() {
        assertThat(new SagaStateMachine(sagaId).state()).isEqualTo(SagaStatus.INITIAL);
    }

    @ParameterizedTest
    @EnumSource(SagaStatus.class)
    void isTerminalWhenItHasEnded(SagaStatus status) {
        boolean ended = List.of(SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.FAILED)
                .contains(status);

        assertThat(machineIn(status).isTerminal()).isEqualTo(ended);
        assertThat(status.isTerminal()).isEqualTo(ended);
    }

    @ParameterizedTest
    @EnumSource(SagaStatus.class)
    void canCompensateOnlyWhileCompensating(SagaStatus status) {
        assertThat(machineIn(status).canCompensate()).isEqualTo(status == SagaStatus.COMPENSATING);
    }

    @Test
    void hasNoTransitionWithoutAPlaceInTheTable() {
        assertThat(Arrays.stream(Transition.values()).map(Transition::name))
                .containsExactlyInAnyOrderElementsOf((TABLE + EXTENSION)
                        .lines()
                        .map(line -> line.split(" ")[1])
                        .distinct()
                        .toList());
    }
}
