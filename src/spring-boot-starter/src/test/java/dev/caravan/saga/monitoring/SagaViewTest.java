package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.RouteVersions.Older;
import dev.caravan.saga.monitoring.SagaOverview.OfVersion;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.Begin;
import dev.caravan.saga.state.Child;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SagaViewTest {

    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final Duration SILENCE = Duration.ofMinutes(5);
    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step HOTEL = new Step("HOTEL", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final Clock clock = Clock.fixed(AT.plusSeconds(60), ZoneOffset.UTC);
    private final SagaView view = new SagaView(log, clock, 2, SILENCE);

    @Test
    void showsASagaOnceThoughItHearsOfItTwice() {
        view.onEntry(start(TRIP), SagaState.initial(TRIP).apply(start(TRIP)));
        view.accept(start(TRIP), 0);

        assertThat(ids(SagaQuery.latest(10))).containsExactly("trip-1");
        assertThat(view.find(TRIP).orElseThrow().entries()).hasSize(1);
    }

    @Test
    void showsItsOwnEntriesBeforeTheyAreReadBack() {
        SagaState started = SagaState.initial(TRIP).apply(start(TRIP));
        view.onEntry(start(TRIP), started);
        SagaLogEntry fail = entry(TRIP, 1, new SagaEvent.Fail(null, "full"));
        view.onEntry(fail, started.apply(fail));
        view.accept(start(TRIP), 0);

        assertThat(view.list(SagaQuery.latest(1)).sagas().get(0).saga().status())
                .isEqualTo(SagaStatus.COMPENSATING);
        assertThat(view.find(TRIP).orElseThrow().entries()).hasSize(2);
    }

    @Test
    void saysWhyASagaWasUndoneWhenWhatWasGivenUpIsDoneByHand() {
        Step hotel = new Step("HOTEL", 1);
        Step flight = new Step("FLIGHT", 2);
        List<SagaEvent> events = List.of(
                new SagaEvent.Enlist(hotel, "direct:cancel", null, Map.of()),
                new SagaEvent.Enlist(flight, null, null, Map.of()),
                new SagaEvent.StepRejected(flight, "Book", "FULL", "no seat"),
                new SagaEvent.Fail(flight, "no seat"),
                new SagaEvent.StepCompensateFailed(hotel, 2, "away", "AWAY"),
                new SagaEvent.CompensateFail(hotel, "away"));
        view.accept(start(TRIP), 0);
        events.forEach(event -> view.accept(entry(TRIP, 1 + events.indexOf(event), event), 1 + events.indexOf(event)));
        assertThat(view.line(TRIP).orElseThrow().cause()).isEqualTo(new Cause("HOTEL", "AWAY"));

        view.accept(entry(TRIP, 7, new SagaEvent.Resolve("ann", "by hand", null)), 7);

        SagaSummary line = view.line(TRIP).orElseThrow();
        assertThat(line.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(line.reason()).isEqualTo("no seat");
        assertThat(line.cause()).isEqualTo(new Cause("FLIGHT", "FULL"));
    }

    @Test
    void letsTheLogHaveTheLastWord() {
        SagaState started = SagaState.initial(TRIP).apply(start(TRIP));
        SagaLogEntry fail = entry(TRIP, 1, new SagaEvent.Fail(null, "full"));
        view.accept(start(TRIP), 0);
        view.onEntry(fail, started.apply(fail));
        view.accept(new SagaLogEntry(TRIP, 1, 1, AT, new SagaEvent.Resume("other")), 1);
        view.accept(fail, 2);
        view.accept(new SagaLogEntry(TRIP, 2, 1, AT, new SagaEvent.Complete()), 3);

        assertThat(view.list(SagaQuery.latest(1)).sagas().get(0).saga().status())
                .isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void listsASagaThatBeganWithinAnotherUnderThatOne() {
        SagaId child = new SagaId("trip-2");
        view.accept(start(TRIP), 0);
        view.accept(entry(TRIP, 1, new Child(child, "points", "BOOK", false)), 1);
        view.accept(entry(TRIP, 2, new Child(new SagaId("trip-3"), "miles", null, false)), 2);
        view.accept(
                entry(
                        child,
                        0,
                        new SagaEvent.Start(
                                "points", null, null, null, Map.of(), "app", null, null, TRIP, null, null, null)),
                3);
        SagaJson json = new SagaJson();

        assertThat(json.timeline(view.find(TRIP).orElseThrow(), Attention.NONE, view::line)
                        .path("children"))
                .hasToString("[{\"sagaId\":\"trip-2\",\"name\":\"points\",\"place\":\"BOOK\",\"status\":\"EXECUTING\"},"
                        + "{\"sagaId\":\"trip-3\",\"name\":\"miles\"}]");
        assertThat(json.timeline(view.find(child).orElseThrow(), Attention.NONE, view::line)
                        .path("parent")
                        .textValue())
                .isEqualTo("trip-1");
        SagaSummary line = view.line(child).orElseThrow();
        assertThat(json.line(line, Attention.NONE).path("parent").textValue()).isEqualTo("trip-1");
    }

    @Test
    void isNotToldOfAnEndThatWasReadBackAlready() {
        SagaState started = SagaState.initial(TRIP).apply(start(TRIP));
        SagaLogEntry complete = entry(TRIP, 1, new SagaEvent.Complete());
        view.accept(start(TRIP), 0);
        view.accept(complete, 1);
        List<SagaSummary> heard = new ArrayList<>();
        view.watch(heard::add);
        view.onEntry(complete, started.apply(complete));

        assertThat(heard).isEmpty();
    }

    @Test
    void showsWhatIsAskedOfAnotherInstanceAndWhatThatSays() {
        SagaEvent.Retry retry = new SagaEvent.Retry("ann", "again", null, null, null);
        SagaEvent.Fail cancel = new SagaEvent.Fail(null, "Cancelled by ann: wrong trip");
        SagaEvent.Enlist step = new SagaEvent.Enlist(new Step("PAY", 1), null, null, Map.of());
        view.accept(start(TRIP), 0);
        List<SagaSummary> heard = new ArrayList<>();
        view.watch(heard::add);
        view.accept(entry(TRIP, 0, new SagaEvent.Request("1", "app", retry)), 1);
        view.accept(entry(TRIP, 0, new SagaEvent.Refuse("1", "Saga trip-1 is EXECUTING, not FAILED")), 2);
        view.accept(entry(TRIP, 0, new SagaEvent.Request("2", "app", cancel)), 3);
        view.accept(entry(TRIP, 0, new SagaEvent.Request("3", "bank", step)), 4);
        view.accept(entry(TRIP, 0, new SagaEvent.Refuse("3", "it has ended")), 5);

        assertThat(view.find(TRIP).orElseThrow().entries())
                .extracting(SagaLogEntry::event)
                .containsExactly(
                        start(TRIP).event(),
                        new SagaEvent.Request("1", "app", retry),
                        new SagaEvent.Refuse("1", "Saga trip-1 is EXECUTING, not FAILED"),
                        new SagaEvent.Request("2", "app", cancel));
        assertThat(heard).hasSizeGreaterThanOrEqualTo(3);
        assertThat(view.line(TRIP).orElseThrow().positions().all()).contains(1, 2, 3);
    }

    @Test
    void beginsWithASagaThatWasCarriedForward() {
        SagaState state = SagaState.initial(TRIP).apply(start(TRIP));
        view.accept(entry(TRIP, 7, new SagaEvent.Snapshot(state)), 0);
        view.accept(entry(TRIP, 8, new SagaEvent.Complete()), 1);

        assertThat(view.overview().byStatus()).containsExactly(Map.entry(SagaStatus.COMPLETED, 1L));
    }

    @Test
    void leavesOutASagaWhoseBeginningTheLogNoLongerHas() {
        view.accept(entry(TRIP, 4, new SagaEvent.Complete()), 0);

        assertThat(view.overview().total()).isZero();
    }

    @Test
    void followsASagaThatWasTakenOverWhileItsFormerInstanceStillWrote() {
        SagaLogEntry resume = new SagaLogEntry(TRIP, 1, 1, AT, new SagaEvent.Resume("second"));
        SagaLogEntry end = new SagaLogEntry(TRIP, 2, 1, AT, new SagaEvent.CompensateComplete());
        view.accept(start(TRIP), 0);
        view.accept(entry(TRIP, 1, new SagaEvent.Fail(null, "full")), 1);
        view.accept(resume, 2);
        view.accept(entry(TRIP, 0, new SagaEvent.Refuse("1", "too late")), 3);
        view.accept(end, 4);

        assertThat(view.overview().byStatus()).containsExactly(Map.entry(SagaStatus.COMPENSATED, 1L));
        assertThat(view.find(TRIP).orElseThrow().entries())
                .extracting(entry -> entry.event().type())
                .containsExactly("START", "FAIL", "RESUME", "COMPENSATE_COMPLETE");
    }

    @Test
    void findsTheLatestSagaOfAKey() {
        view.accept(start(TRIP), 0);
        view.accept(start(new SagaId("trip-2"), AT.plusSeconds(1)), 1);

        assertThat(view.findByKey("order-1").orElseThrow().sagaId()).isEqualTo(new SagaId("trip-2"));
    }

    @Test
    void forgetsTheSagaThatEndedFirstAndReadsItFromTheLog() {
        log.append(start(TRIP));
        log.append(entry(TRIP, 1, new SagaEvent.Complete()));
        view.follow();
        view.accept(start(new SagaId("trip-2"), AT.plusSeconds(2)), 2);
        view.accept(start(new SagaId("trip-3"), AT.plusSeconds(3)), 3);

        assertThat(ids(SagaQuery.latest(10))).containsExactly("trip-3", "trip-2");
        assertThat(view.overview().forgotten()).isEqualTo(1);
        assertThat(view.find(TRIP).orElseThrow().state().status()).isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void neverForgetsWhatNeedsAPerson() {
        fail(TRIP, 0);
        for (int i = 2; i < 6; i++) {
            SagaId ended = new SagaId("trip-" + i);
            view.accept(start(ended), 10 * i);
            view.accept(entry(ended, 1, new SagaEvent.Complete()), 10 * i + 1);
        }

        assertThat(ids(attention())).containsExactly("trip-1");
    }

    @Test
    void putsFirstWhatNeedsAttention() {
        SagaView large = new SagaView(log, Clock.fixed(AT.plusSeconds(600), ZoneOffset.UTC), 10, SILENCE);
        SagaId silent = new SagaId("silent");
        SagaId retrying = new SagaId("retrying");
        SagaId failed = new SagaId("failed");
        SagaId well = new SagaId("well");
        large.accept(start(silent), 0);
        List.of(retrying, failed).forEach(sagaId -> {
            large.accept(start(sagaId), 1);
            large.accept(entry(sagaId, 1, new SagaEvent.Enlist(HOTEL, "direct:cancel", null, Map.of())), 2);
            large.accept(entry(sagaId, 2, new SagaEvent.Fail(null, "full")), 3);
            large.accept(entry(sagaId, 3, new SagaEvent.CompensateRetry(HOTEL, 1, "away")), 4);
        });
        large.accept(entry(failed, 4, new SagaEvent.StepCompensateFailed(HOTEL, 2, "away", null)), 5);
        large.accept(entry(failed, 5, new SagaEvent.CompensateFail(HOTEL, "away")), 6);
        large.accept(start(well, AT.plusSeconds(599)), 7);

        assertThat(large.list(new SagaQuery(
                                Set.of(), null, null, null, null, false, SagaQuery.Order.ATTENTION, null, 10))
                        .sagas())
                .extracting(line -> line.saga().sagaId() + " " + line.attention())
                .containsExactly("failed FAILED", "retrying RETRYING", "silent SILENT", "well NONE");
        assertThat(large.list(attention()).total()).isEqualTo(3);
        assertThat(large.list(attention()).sagas().get(1).saga().trouble()).isEqualTo("HOTEL, attempt 1: away");
        assertThat(large.overview().byAttention())
                .containsOnlyKeys(Attention.FAILED, Attention.RETRYING, Attention.SILENT);
    }

    @Test
    void callsASagaSilentWhenTheDeadlineOfItsWaitingStepIsOverLong() {
        Instant deadline = AT.plusSeconds(86_400);
        List<Attention> seen = List.of(deadline, deadline.plus(SILENCE).plusSeconds(1)).stream()
                .map(now -> {
                    SagaView later = new SagaView(log, Clock.fixed(now, ZoneOffset.UTC), 10, SILENCE);
                    later.accept(start(TRIP), 0);
                    later.accept(entry(TRIP, 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of())), 1);
                    later.accept(
                            entry(
                                    TRIP,
                                    2,
                                    new Awaits.StepAwaits(HOTEL, "room", null, deadline, null, null, null, null)),
                            2);
                    SagaSummary saga = later.findByKey("order-1").orElseThrow();
                    assertThat(saga.awaits()).isEqualTo("HOTEL: room");
                    assertThat(saga.deadline()).isEqualTo(deadline);
                    return later.attention(saga);
                })
                .toList();

        assertThat(seen).containsExactly(Attention.NONE, Attention.SILENT);
    }

    @Test
    void saysHowManySagasAreLeftOfEachVersionAndWhenAnOlderOneCanBeRemoved() {
        view.follow();
        OlderVersions older = new OlderVersions(view, List.of(new Older("trip", "1", "trip-1")));
        log.append(ofVersion("one", "1"));
        log.append(ofVersion("two", "1"));
        log.append(ofVersion("three", "2"));
        assertThat(view.overview().versions())
                .containsExactly(new OfVersion("trip", "1", 2), new OfVersion("trip", "2", 1));
        assertThat(older.look()).isEmpty();

        log.append(entry(new SagaId("one"), 1, new SagaEvent.Complete()));
        log.append(entry(new SagaId("two"), 1, new SagaEvent.Fail(null, "full")));
        log.append(entry(new SagaId("two"), 2, new SagaEvent.CompensateFail(HOTEL, "away")));
        assertThat(view.overview().versions()).contains(new OfVersion("trip", "1", 1));
        assertThat(older.look()).isEmpty();

        log.append(entry(new SagaId("two"), 3, new SagaEvent.Resolve("ann", "by hand", null)));
        assertThat(view.overview().versions()).containsExactly(new OfVersion("trip", "2", 1));
        assertThat(older.look()).extracting(Older::routeId).containsExactly("trip-1");
        assertThat(older.look()).isEmpty();
    }

    private static SagaLogEntry ofVersion(String id, String version) {
        return entry(
                new SagaId(id),
                0,
                new SagaEvent.Start("trip", null, id, null, Map.of(), "app", version, null, null, null, null, null));
    }

    /** One that has yet to begin waits for its time. */
    @Test
    void showsWhenASagaIsToBeginAndCallsItSilentLongAfterThat() {
        Instant begins = AT.plusSeconds(86_400);
        List<Attention> seen = new ArrayList<>();
        for (Instant now : List.of(begins, begins.plus(SILENCE).plusSeconds(1))) {
            SagaView later = new SagaView(log, Clock.fixed(now, ZoneOffset.UTC), 10, SILENCE);
            SagaLogEntry started = start(TRIP);
            later.accept(entry(TRIP, 0, Begin.later((SagaEvent.Start) started.event(), begins)), 0);
            SagaSummary saga = later.findByKey("order-1").orElseThrow();
            assertThat(saga.awaits()).isEqualTo("START");
            assertThat(saga.awaitsSince()).isEqualTo(saga.startedAt());
            assertThat(saga.deadline()).isEqualTo(begins);
            seen.add(later.attention(saga));
            later.accept(entry(TRIP, 1, new Begin(null)), 1);
            assertThat(later.findByKey("order-1").orElseThrow().awaits()).isNull();
        }

        assertThat(seen).containsExactly(Attention.NONE, Attention.SILENT);
    }

    @Test
    void needsAttentionWhileItsRouteGoesWrongPastThePivot() {
        view.accept(start(TRIP), 0);
        view.accept(entry(TRIP, 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of())), 1);
        view.accept(entry(TRIP, 2, new SagaEvent.Success(HOTEL, "Book", null)), 2);
        view.accept(entry(TRIP, 3, new SagaEvent.ForwardRetry(3, "Saga trip-1, step MAIL: Saga trip-1: no server")), 3);

        assertThat(view.list(attention()).sagas().get(0).saga().trouble())
                .isEqualTo("past its pivot, attempt 3: no server");

        view.accept(entry(TRIP, 4, new SagaEvent.Enlist(new Step("MAIL", 1), null, null, Map.of())), 4);
        assertThat(ids(attention())).isEmpty();
    }

    @Test
    void needsNoAttentionForAnEarlierAttemptOfAStepThatSucceeded() {
        view.accept(start(TRIP), 0);
        view.accept(entry(TRIP, 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of())), 1);
        view.accept(entry(TRIP, 2, new SagaEvent.StepRetry(HOTEL, "Book", 1, "no answer")), 2);
        assertThat(ids(attention())).containsExactly("trip-1");

        view.accept(entry(TRIP, 3, new SagaEvent.Success(HOTEL, "Book", null)), 3);
        assertThat(ids(attention())).isEmpty();
    }

    @Test
    void saysWhatCouldNotBeUndoneBesideTheReason() {
        view.accept(start(TRIP), 0);
        view.accept(entry(TRIP, 1, new SagaEvent.Enlist(HOTEL, "direct:cancel", null, Map.of())), 1);
        view.accept(entry(TRIP, 2, new SagaEvent.Fail(null, "full")), 2);
        view.accept(entry(TRIP, 3, new SagaEvent.StepCompensateFailed(HOTEL, 2, "away", null)), 3);
        view.accept(
                entry(TRIP, 4, new SagaEvent.CompensateFail(HOTEL, "Step HOTEL could not be compensated: away")), 4);

        SagaSummary failed = view.list(attention()).sagas().get(0).saga();
        assertThat(failed.reason()).isEqualTo("full");
        assertThat(failed.trouble()).isEqualTo("HOTEL: away");
    }

    @Test
    void keepsNoPayload() {
        log.append(new SagaLogEntry(
                TRIP,
                0,
                AT,
                new SagaEvent.Start("trip", null, "order-1", TextNode.valueOf("secret"), Map.of("h", "secret"))));
        log.append(entry(TRIP, 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of("card", "secret"))));
        log.append(entry(TRIP, 2, new SagaEvent.Success(HOTEL, "Book", TextNode.valueOf("secret"))));
        view.follow();

        assertThat(view.find(TRIP).orElseThrow().toString()).doesNotContain("secret");
        assertThat(view.read(TRIP).orElseThrow().toString()).contains("secret");
    }

    @Test
    void tellsWatchersOfEachChange() {
        List<SagaStatus> heard = new ArrayList<>();
        view.watch(saga -> heard.add(saga.status()));
        fail(TRIP, 0);

        assertThat(heard)
                .containsExactly(
                        SagaStatus.EXECUTING,
                        SagaStatus.EXECUTING,
                        SagaStatus.COMPENSATING,
                        SagaStatus.COMPENSATING,
                        SagaStatus.FAILED);
    }

    private void fail(SagaId sagaId, long position) {
        view.accept(start(sagaId), position);
        view.accept(entry(sagaId, 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of())), position + 1);
        view.accept(entry(sagaId, 2, new SagaEvent.Fail(null, "full")), position + 2);
        view.accept(entry(sagaId, 3, new SagaEvent.StepCompensateFailed(HOTEL, 2, "away", null)), position + 3);
        view.accept(entry(sagaId, 4, new SagaEvent.CompensateFail(HOTEL, "away")), position + 4);
    }

    private List<String> ids(SagaQuery query) {
        return view.list(query).sagas().stream()
                .map(line -> line.saga().sagaId().value())
                .toList();
    }

    private static SagaQuery attention() {
        return new SagaQuery(Set.of(), null, null, null, null, true, SagaQuery.Order.ATTENTION, null, 10);
    }

    private static SagaLogEntry start(SagaId sagaId) {
        return start(sagaId, AT);
    }

    private static SagaLogEntry start(SagaId sagaId, Instant at) {
        return new SagaLogEntry(sagaId, 0, at, new SagaEvent.Start("trip", null, "order-1", null, Map.of()));
    }

    private static SagaLogEntry entry(SagaId sagaId, long sequence, SagaEvent event) {
        return new SagaLogEntry(sagaId, sequence, AT, event);
    }
}
