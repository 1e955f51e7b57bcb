package dev.caravan.saga.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each event makes of the step that it is about. */
class StepFoldingTest {

    private static final Step PAY = new Step("PAY", 1);
    private static final Step SHIP = new Step("SHIP", 1);
    private static final JsonNode RESULT = TextNode.valueOf("p1");

    private static final SagaEvent SUCCESS = new SagaEvent.Success(PAY, "Pay", RESULT);
    private static final SagaEvent REJECTED = new SagaEvent.StepRejected(PAY, "Pay", "NO_MONEY", "declined");
    private static final SagaEvent UNKNOWN = new SagaEvent.StepUnknown(PAY, "Pay", "broken", null, null, null, null);
    private static final SagaEvent TIMEOUT = new SagaEvent.StepTimeout(PAY, "Pay", 30_000);
    private static final SagaEvent LATE = new SagaEvent.LateReply(PAY, "Pay", "SUCCESS");
    private static final SagaEvent END =
            new SagaEvent.StepEnd(PAY, new StepLeft(RESULT, Map.of(), null, List.of(SHIP), null, null));
    private static final SagaEvent CLOSE = new SagaEvent.Close();
    private static final SagaEvent COMPLETE = new SagaEvent.Complete();
    private static final SagaEvent COMPLETE_SUCCESS = new SagaEvent.CompleteSuccess(PAY);
    private static final SagaEvent COMPLETE_RETRY = new SagaEvent.CompleteRetry(PAY, 2, "busy", null);
    private static final SagaEvent FAIL = new SagaEvent.Fail(SHIP, "no address");
    private static final SagaEvent COMPENSATE_SUCCESS = new SagaEvent.CompensateSuccess(PAY);
    private static final SagaEvent COMPENSATE_RETRY = new SagaEvent.CompensateRetry(PAY, 2, "busy");
    private static final SagaEvent COMPENSATE_FAILED = new SagaEvent.StepCompensateFailed(PAY, 3, "no refund", null);

    static Stream<Arguments> lives() {
        return Stream.of(
                arguments(List.of(), StepStatus.ENLISTED, true, null),
                arguments(List.of(SUCCESS), StepStatus.SUCCEEDED, true, null),
                arguments(List.of(REJECTED), StepStatus.REJECTED, false, "declined"),
                arguments(List.of(UNKNOWN), StepStatus.UNKNOWN, true, "broken"),
                arguments(List.of(TIMEOUT), StepStatus.TIMED_OUT, true, "no reply within 30000 ms"),
                arguments(List.of(TIMEOUT, LATE), StepStatus.TIMED_OUT, true, "no reply within 30000 ms"),
                arguments(List.of(UNKNOWN, SUCCESS), StepStatus.SUCCEEDED, true, null),
                arguments(List.of(END), StepStatus.SUCCEEDED, true, null),
                arguments(List.of(REJECTED, END), StepStatus.REJECTED, false, "declined"),
                arguments(List.of(TIMEOUT, END), StepStatus.TIMED_OUT, true, "no reply within 30000 ms"),
                arguments(List.of(END, FAIL, COMPENSATE_SUCCESS, END), StepStatus.COMPENSATED, false, null),
                arguments(List.of(CLOSE), StepStatus.SUCCEEDED, true, null),
                arguments(List.of(COMPLETE), StepStatus.SUCCEEDED, true, null),
                arguments(List.of(REJECTED, COMPLETE), StepStatus.REJECTED, false, "declined"),
                arguments(List.of(SUCCESS, CLOSE, COMPLETE_RETRY), StepStatus.SUCCEEDED, true, "busy"),
                arguments(List.of(SUCCESS, CLOSE, COMPLETE_SUCCESS), StepStatus.COMPLETED, false, null),
                arguments(List.of(SUCCESS, CLOSE, COMPLETE_RETRY, COMPLETE_SUCCESS), StepStatus.COMPLETED, false, null),
                arguments(List.of(SUCCESS, FAIL), StepStatus.SUCCEEDED, true, null),
                arguments(List.of(SUCCESS, FAIL, COMPENSATE_RETRY), StepStatus.SUCCEEDED, true, "busy"),
                arguments(List.of(SUCCESS, FAIL, COMPENSATE_SUCCESS), StepStatus.COMPENSATED, false, null),
                arguments(
                        List.of(TIMEOUT, FAIL, COMPENSATE_SUCCESS),
                        StepStatus.COMPENSATED,
                        false,
                        "no reply within 30000 ms"),
                arguments(List.of(SUCCESS, FAIL, COMPENSATE_FAILED), StepStatus.COMPENSATION_FAILED, true, "no refund"),
                arguments(List.of(SUCCESS, COMPENSATE_SUCCESS), StepStatus.SUCCEEDED, true, null),
                arguments(List.of(SUCCESS, COMPLETE_SUCCESS), StepStatus.SUCCEEDED, true, null),
                arguments(List.of(FAIL, SUCCESS), StepStatus.ENLISTED, true, null),
                arguments(List.of(FAIL, TIMEOUT), StepStatus.TIMED_OUT, true, "no reply within 30000 ms"));
    }

    @ParameterizedTest
    @MethodSource("lives")
    void followsTheLog(List<SagaEvent> events, StepStatus status, boolean needsCompensation, String error) {
        StepState step = after(events);

        assertThat(step.status()).isEqualTo(status);
        assertThat(step.status().needsCompensation()).isEqualTo(needsCompensation);
        assertThat(step.error()).isEqualTo(error);
    }

    /** A command of the step took effect or may have: another command that is rejected does not undo that. */
    static Stream<Arguments> effectsBeforeARejection() {
        return Stream.of(
                arguments(SUCCESS, StepStatus.SUCCEEDED),
                arguments(UNKNOWN, StepStatus.UNKNOWN),
                arguments(TIMEOUT, StepStatus.TIMED_OUT));
    }

    @ParameterizedTest
    @MethodSource("effectsBeforeARejection")
    void isStillToBeCompensatedWhenALaterCommandIsRejected(SagaEvent earlier, StepStatus status) {
        StepState step = after(List.of(earlier, new SagaEvent.StepRejected(PAY, "Capture", "LIMIT", "over the limit")));

        assertThat(step.status()).isEqualTo(status);
        assertThat(step.error()).isEqualTo("over the limit");
    }

    static Stream<SagaEvent> outcomesOfTheAction() {
        return Stream.of(REJECTED, UNKNOWN, TIMEOUT);
    }

    @ParameterizedTest
    @MethodSource("outcomesOfTheAction")
    void staysCompensatedWhateverBecomesKnownOfItsAction(SagaEvent outcome) {
        assertThat(after(List.of(FAIL, COMPENSATE_SUCCESS, outcome)).status()).isEqualTo(StepStatus.COMPENSATED);
    }

    @ParameterizedTest
    @MethodSource("outcomesOfTheAction")
    void staysCompletedWhateverBecomesKnownOfItsAction(SagaEvent outcome) {
        assertThat(after(List.of(CLOSE, COMPLETE_SUCCESS, outcome)).status()).isEqualTo(StepStatus.COMPLETED);
    }

    @ParameterizedTest
    @MethodSource("outcomesOfTheAction")
    void staysInTheHandsOfAPersonWhateverBecomesKnownOfItsAction(SagaEvent outcome) {
        assertThat(after(List.of(SUCCESS, FAIL, COMPENSATE_FAILED, outcome)).status())
                .isEqualTo(StepStatus.COMPENSATION_FAILED);
    }

    @Test
    void keepsTheResultOfEachCommandInOrder() {
        StepState step = after(List.of(SUCCESS, new SagaEvent.Success(PAY, "Capture", null)));

        assertThat(step.results().keySet()).containsExactly("Pay", "Capture");
        assertThat(step.results()).containsEntry("Pay", RESULT).containsEntry("Capture", null);
        assertThat(step.isAnswered("Capture")).isTrue();
        assertThat(step.isAnswered("Refund")).isFalse();
    }

    @Test
    void countsTheAttempts() {
        assertThat(after(List.of(SUCCESS, FAIL, COMPENSATE_RETRY)).attempts()).isEqualTo(2);
        assertThat(after(List.of(SUCCESS, FAIL, COMPENSATE_RETRY, COMPENSATE_FAILED))
                        .attempts())
                .isEqualTo(3);
        assertThat(after(List.of(SUCCESS, CLOSE, COMPLETE_RETRY)).attempts()).isEqualTo(2);
    }

    @Test
    void countsTheAttemptsOfWhatItIsAtOnly() {
        SagaEvent.StepRetry again = new SagaEvent.StepRetry(PAY, "Pay", 2, "no answer");
        assertThat(after(List.of(again)).attempts()).isEqualTo(2);
        assertThat(after(List.of(again, SUCCESS)).attempts()).isZero();
        assertThat(after(List.of(again, new SagaEvent.StepTimeout(PAY, "Pay", 100)))
                        .attempts())
                .isZero();
    }

    @Test
    void leavesOtherStepsAlone() {
        SagaState state = replay(List.of(SUCCESS, FAIL, COMPENSATE_SUCCESS));

        assertThat(state.step(SHIP).orElseThrow().status()).isEqualTo(StepStatus.ENLISTED);
    }

    @Test
    void saysSinceWhenItIsSo() {
        StepState step = after(List.of(SUCCESS));

        assertThat(step.enlistedAt()).isEqualTo(Logs.entry(1, SUCCESS).timestamp());
        assertThat(step.updatedAt()).isEqualTo(Logs.entry(3, SUCCESS).timestamp());
    }

    /** The saga goes on, having gone around it. */
    @Test
    void staysUndoneWhenItIsAnsweredTooLate() {
        StepState step = after(List.of(TIMEOUT, new SagaEvent.StepUndone(PAY), SUCCESS));

        assertThat(step.status()).isEqualTo(StepStatus.COMPENSATED);
        assertThat(step.countsAsDone()).isFalse();
    }

    @Test
    void ignoresWhatIsSaidOfAStepThatNeverJoined() {
        SagaState state = replay(List.of(new SagaEvent.Success(new Step("NEVER", 1), "Pay", RESULT)));

        assertThat(state.steps()).extracting(StepState::step).containsExactly(PAY, SHIP);
    }

    private static StepState after(List<SagaEvent> events) {
        return replay(events).step(PAY).orElseThrow();
    }

    private static SagaState replay(List<SagaEvent> events) {
        List<SagaEvent> all = new ArrayList<>(Arrays.asList(
                new SagaEvent.Start("order-saga", null, null, null, Map.of()),
                new SagaEvent.Enlist(PAY, "direct:refund", "direct:capture", Map.of()),
                new SagaEvent.Enlist(SHIP, "direct:cancel", null, Map.of())));
        all.addAll(events);
        return SagaState.replay(Logs.SAGA, Logs.of(all));
    }
}
