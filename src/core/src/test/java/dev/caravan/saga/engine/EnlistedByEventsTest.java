package dev.caravan.saga.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An event that comes again is the same event, whatever its options are made of. */
class EnlistedByEventsTest {

    private static final SagaId ID = new SagaId("saga-1");
    private static final Step PAY = new Step("PAY", 1);

    static Stream<Supplier<Object>> options() {
        return Stream.of(
                () -> "order-1".getBytes(UTF_8),
                () -> List.of(1L, 2L),
                () -> Map.of("amount", 10L),
                () -> new Date(1_900_000_000_000L),
                () -> new int[] {1, 2});
    }

    private static SagaEvent.Enlist enlist(Object option) {
        return new SagaEvent.Enlist(PAY, "direct:refund", null, Map.of("option", option));
    }

    private static List<StepState> after(SagaEvent... events) {
        SagaLogCodec codec = new SagaLogCodec();
        List<SagaEvent> all = Stream.concat(
                        Stream.of(new SagaEvent.Start("order", null, null, null, Map.of())), Arrays.stream(events))
                .toList();
        SagaState state = SagaState.initial(ID);
        for (SagaEvent event : all) {
            SagaLogEntry entry = new SagaLogEntry(ID, state.nextSequence(), 0, Instant.EPOCH, event);
            state = state.apply(codec.decode(codec.encode(entry)));
        }
        return state.steps();
    }

    @ParameterizedTest
    @MethodSource("options")
    void isTheSameStepBeforeItWasReadFromTheLogAndAfterIt(Supplier<Object> option) {
        SagaEvent.Enlist first = enlist(option.get());
        StepState inMemory = after(first).get(0);

        assertThat(EnlistedByEvents.stepOf(after(first), enlist(option.get()))).isEqualTo(PAY);
        assertThat(EnlistedByEvents.stepOf(
                        List.of(new StepState(
                                PAY,
                                inMemory.status(),
                                first,
                                Map.of(),
                                Map.of(),
                                null,
                                0,
                                null,
                                Instant.EPOCH,
                                Instant.EPOCH,
                                null,
                                null,
                                null,
                                null,
                                null)),
                        enlist(option.get())))
                .isEqualTo(PAY);
    }

    @Test
    void isAnotherStepWithOtherBytes() {
        List<StepState> steps = after(enlist("order-1".getBytes(UTF_8)));

        assertThat(EnlistedByEvents.stepOf(steps, enlist("order-2".getBytes(UTF_8))))
                .isEqualTo(new Step("PAY", 2));
    }
}
