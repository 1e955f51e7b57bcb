package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepFiguresTest {

    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final Step PAY = new Step("PAY", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final SagaView view =
            new SagaView(log, Clock.fixed(AT.plusSeconds(60), ZoneOffset.UTC), 1000, Duration.ofMinutes(5));
    private long position;

    @Test
    void countsWhatBecameOfEachStepByVersion() {
        paid("old", "1", 10);
        paid("new-1", "2", 20);
        rejected("new-2", "2", 40);
        undone("new-3", "2", 30);
        givenUp("new-4", "2", 30);
        started("other", "else", "2");

        assertThat(view.map("trip").since()).isEqualTo(AT);
        assertThat(view.map("trip").steps())
                .containsExactly(
                        new StepFigure("PAY", "1", 1, 1, 0, 0, 0, 0, 0, 10L, 10L, 10L),
                        new StepFigure("PAY", "2", 4, 3, 1, 0, 0, 1, 1, 30L, 41L, 41L));
        assertThat(view.map("trip").steps()).extracting(StepFigure::failureRate).containsExactly(0.0, 0.25);
        assertThat(view.map("none").steps()).isEmpty();
    }

    @Test
    void countsAnEntryOnceHoweverOftenItIsReadAndToldOf() {
        SagaId id = started("one", "trip", null);
        SagaLogEntry paid = entry(id, 2, 10, new SagaEvent.Success(PAY, "Pay", null));
        SagaState after = SagaState.replay(id, log.read(id)).apply(paid);
        view.onEntry(paid, after);
        take(paid);
        take(paid);
        take(entry(id, 3, 10, new SagaEvent.StepUnknown(PAY, "More", "away", null, null, null, null)));

        assertThat(view.map("trip").steps())
                .containsExactly(new StepFigure("PAY", null, 1, 1, 0, 0, 0, 0, 0, 10L, 10L, 10L));
    }

    @Test
    void hasNoTimesOfAStepThatHasJustBegun() {
        started("one", "trip", null);

        StepFigure begun = view.map("trip").steps().get(0);
        assertThat(begun).isEqualTo(new StepFigure("PAY", null, 1, 0, 0, 0, 0, 0, 0, null, null, null));
        assertThat(begun.failureRate()).isNull();
    }

    @Test
    void leavesOutAndCountsWhatThereIsTooMuchOf() {
        StepFigures figures = new StepFigures(1);
        SagaState state = SagaState.initial(new SagaId("s-1"))
                .apply(entry(new SagaId("s-1"), 0, 0, new SagaEvent.Start("trip", null, null, null, Map.of())));
        for (int i = 1; i <= 3; i++) {
            SagaLogEntry joined = entry(
                    new SagaId("s-1"), i, 0, new SagaEvent.Enlist(new Step("STEP_" + i, 1), null, null, Map.of()));
            SagaState after = state.apply(joined);
            figures.take(state, joined, after);
            state = after;
        }

        assertThat(figures.of("trip").steps()).extracting(StepFigure::step).containsExactly("STEP_1");
        assertThat(figures.of("trip").leftOut()).isEqualTo(2);
    }

    @Test
    void saysADurationThatIsATenthTooLongAtMost() {
        for (long millis : new long[] {0, 1, 2, 3, 7, 99, 1000, 86_400_000, 31_536_000_000L}) {
            Durations durations = new Durations();
            durations.add(Duration.ofMillis(millis));

            assertThat(durations.below(0.5)).isBetween(millis, millis + millis / 10);
        }
        assertThat(new Durations().below(0.99)).isNull();
    }

    private void paid(String id, String version, long millis) {
        SagaId saga = started(id, "trip", version);
        take(entry(saga, 2, millis, new SagaEvent.Success(PAY, "Pay", null)));
    }

    private void rejected(String id, String version, long millis) {
        SagaId saga = started(id, "trip", version);
        take(entry(saga, 2, millis, new SagaEvent.StepRejected(PAY, "Pay", "NO", "no money")));
    }

    private void undone(String id, String version, long millis) {
        paid(id, version, millis);
        take(entry(new SagaId(id), 3, 100, new SagaEvent.Fail(null, "full")));
        take(entry(new SagaId(id), 4, 100, new SagaEvent.CompensateSuccess(PAY)));
    }

    private void givenUp(String id, String version, long millis) {
        paid(id, version, millis);
        take(entry(new SagaId(id), 3, 100, new SagaEvent.Fail(null, "full")));
        take(entry(new SagaId(id), 4, 100, new SagaEvent.StepCompensateFailed(PAY, 3, "closed", null)));
    }

    private SagaId started(String id, String name, String version) {
        SagaId saga = new SagaId(id);
        take(entry(
                saga,
                0,
                0,
                new SagaEvent.Start(name, null, null, null, Map.of(), "app", version, null, null, null, null, null)));
        take(entry(saga, 1, 0, new SagaEvent.Enlist(PAY, "direct:refund", null, Map.of())));
        return saga;
    }

    private void take(SagaLogEntry entry) {
        log.append(entry);
        view.accept(entry, position++);
    }

    private static SagaLogEntry entry(SagaId saga, long sequence, long millis, SagaEvent event) {
        return new SagaLogEntry(saga, sequence, AT.plusMillis(millis), event);
    }
}
