package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.PayloadRead;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.StepAsked;
import dev.caravan.saga.test.ManualTimers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who did what, with all sagas, out of what the view reads of the log. */
class SagaActsTest {

    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final SagaId TRIP = new SagaId("trip-1");
    private static final SagaId OTHER = new SagaId("trip-2");
    private static final Step PAY = new Step("PAY", 1);

    private final SagaView view =
            new SagaView(new InMemorySagaLog(), new ManualTimers().clock(), 100, Duration.ofMinutes(5));
    private int position;

    private void read(SagaId saga, long sequence, SagaEvent event) {
        view.accept(new SagaLogEntry(saga, sequence, AT.plusSeconds(position), event), position++);
    }

    private void failed(SagaId saga) {
        read(saga, 0, new SagaEvent.Start("trip", null, "order-1", null, Map.of()));
        read(saga, 1, new SagaEvent.Enlist(PAY, "direct:refund", null, Map.of()));
        read(saga, 2, new SagaEvent.Fail(null, "full"));
        read(saga, 3, new SagaEvent.StepCompensateFailed(PAY, 2, "away", null));
        read(saga, 4, new SagaEvent.CompensateFail(PAY, "away"));
    }

    private List<String> acts(SagaActQuery query) {
        return view.acts(query).stream()
                .map(act -> "%s %s %s %s %s".formatted(act.who(), act.act(), act.sagaId(), act.reason(), act.state()))
                .toList();
    }

    private static SagaActQuery all() {
        return new SagaActQuery(null, null, null, null, null, 100);
    }

    @Test
    void hasTheActsOfOperatorsAndTheReadsOfPayloadsTheLatestFirst() {
        failed(TRIP);
        read(OTHER, 0, new SagaEvent.Start("trip", null, null, null, Map.of()));
        read(OTHER, 1, new SagaEvent.Fail(null, "Cancelled by bob: wrong trip"));
        read(TRIP, 0, new PayloadRead("event 2, SUCCESS", "ann"));
        read(TRIP, 0, new StepAsked(PAY, "1", List.of(), "ann", "to be sure"));
        read(TRIP, 5, new SagaEvent.Resolve("Ann", "by hand", null));
        read(TRIP, 0, new PayloadRead("all of it", "carl"));

        assertThat(acts(all()))
                .containsExactly(
                        "carl read trip-1 all of it DONE",
                        "Ann resolve trip-1 by hand DONE",
                        "ann ask trip-1 to be sure DONE",
                        "ann read trip-1 event 2, SUCCESS DONE",
                        "bob cancel trip-2 wrong trip DONE");
        assertThat(view.actsSince()).isEqualTo(AT);
    }

    @Test
    void isNarrowedByWhoWhatSagaAndTime() {
        failed(TRIP);
        failed(OTHER);
        read(TRIP, 0, new PayloadRead("event 2", "ann"));
        read(OTHER, 0, new PayloadRead("event 3", "Hannah"));
        read(OTHER, 5, new SagaEvent.Retry("bob", "again", null, null, null));

        assertThat(acts(new SagaActQuery("ANN", null, null, null, null, 100)))
                .containsExactly("Hannah read trip-2 event 3 DONE", "ann read trip-1 event 2 DONE");
        assertThat(acts(new SagaActQuery(null, "retry", null, null, null, 100)))
                .containsExactly("bob retry trip-2 again DONE");
        assertThat(acts(new SagaActQuery(null, null, "trip-1", null, null, 100)))
                .containsExactly("ann read trip-1 event 2 DONE");
        assertThat(acts(new SagaActQuery(null, null, null, AT.plusSeconds(11), AT.plusSeconds(12), 100)))
                .containsExactly("Hannah read trip-2 event 3 DONE");
        assertThat(acts(new SagaActQuery(null, null, null, null, null, 1)))
                .containsExactly("bob retry trip-2 again DONE");
    }

    @Test
    void tellsWhatBecameOfWhatWasAskedOfAnotherInstance() {
        failed(TRIP);
        failed(OTHER);
        SagaEvent.Retry retry = new SagaEvent.Retry("ann", "again", null, null, null);
        read(TRIP, 0, new SagaEvent.Request("r-1", "app", retry));
        read(OTHER, 0, new SagaEvent.Request("r-2", "app", retry));
        assertThat(acts(all())).containsExactly("ann retry trip-2 again ASKED", "ann retry trip-1 again ASKED");

        read(TRIP, 5, new SagaEvent.Retry("ann", "again", "r-1", null, null));
        read(OTHER, 0, new SagaEvent.Refuse("r-2", "it is not FAILED"));

        assertThat(acts(all())).containsExactly("ann retry trip-2 again REFUSED", "ann retry trip-1 again DONE");
        assertThat(view.acts(all()).get(0).refusal()).isEqualTo("it is not FAILED");
    }

    @Test
    void hasNothingOfAnEntryThatDoesNotCount() {
        failed(TRIP);
        read(TRIP, 5, new SagaEvent.Resolve("ann", "by hand", null));
        read(TRIP, 5, new SagaEvent.Resolve("ann", "by hand", null));
        read(OTHER, 4, new SagaEvent.Resolve("bob", "of a saga that the log has forgotten", null));

        assertThat(acts(all())).containsExactly("ann resolve trip-1 by hand DONE");
    }

    @Test
    void showsNoReadAmongTheEventsOfASaga() {
        failed(TRIP);
        read(TRIP, 0, new PayloadRead("event 2", "ann"));

        assertThat(view.find(TRIP).orElseThrow().entries())
                .extracting(SagaLogEntry::event)
                .noneMatch(PayloadRead.class::isInstance);
    }
}
