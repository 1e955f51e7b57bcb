package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.StartLimit;
import dev.caravan.saga.docs.Repository;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.metrics.MessageMetrics;
import dev.caravan.saga.metrics.SagaMetrics;
import dev.caravan.saga.participant.ParticipantEvent;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SagaMetricsTest {

    private static final Pattern NAME = Pattern.compile("\\b(caravan_[a-z_]+)");
    private static final Pattern USE = Pattern.compile("\\b(caravan_[a-z_]+\\{[^}]*\\})");
    private static final Step HOTEL = new Step("HOTEL", 1);
    private static final Step APPROVAL = new Step("APPROVAL", 1);

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaMetrics metrics = new SagaMetrics(meters);
    private final MessageMetrics messages = new MessageMetrics(meters);
    private final SagaView view = new SagaView(log, timers.clock(), 100, Duration.ofMinutes(5));
    private SagaState state;

    /** Everything that is counted happens. */
    @BeforeEach
    void run() throws Exception {
        SagaHost host = TestEngine.on(log, timers).build().host();
        metrics.watch(host);
        metrics.showStarts(new StartLimit(200));
        metrics.showPassivations(this, test -> 5);
        new ViewMetrics(view, timers.clock(), meters);
        ViewMetrics.showConsole("https://shop.example.com/sagas", meters);
        messages.showLogLag(() -> 7);
        messages.showUnreadable(this, reader -> 3);
        messages.showFenced("host", this, loop -> 1);
        messages.showFenced("participants", this, loops -> 2);
        messages.deadLetter("payments-dlq");
        metrics.onDuplicateReply();
        metrics.onRecovered(3, Duration.ofSeconds(2));
        view.follow();
        takeTrip("trip-1", new SagaEvent.Complete());
        takeTrip(
                "trip-2",
                new SagaEvent.StepRetry(HOTEL, "Book", 1, "away"),
                new SagaEvent.StepTimeout(HOTEL, "Book", 500),
                new SagaEvent.Timeout(HOTEL, "no reply"),
                new SagaEvent.LateReply(HOTEL, "Book", "SUCCESS"),
                new SagaEvent.CompensateRetry(HOTEL, 1, "away"),
                new SagaEvent.StepCompensateFailed(HOTEL, 2, "away", null),
                new SagaEvent.CompensateFail(HOTEL, "away"));
        approve(Duration.ofDays(2));
        takeTrip(
                "trip-3",
                new SagaEvent.Fail(HOTEL, "full"),
                new SagaEvent.StepCompensateFailed(HOTEL, 2, "away", null),
                new SagaEvent.CompensateFail(HOTEL, "away"),
                new SagaEvent.Retry("ann", "back", null, null, null),
                new SagaEvent.CompensateSuccess(HOTEL),
                new SagaEvent.CompensateComplete());
        command(ParticipantEvent.Kind.DUPLICATE);
        command(ParticipantEvent.Kind.LATE);
    }

    /** Of another name, so that it is told from trips. */
    private void approve(Duration after) {
        state = SagaState.initial(new SagaId("purchase-1"));
        append(new SagaEvent.Start("purchase", null, "key", null, Map.of()));
        append(new SagaEvent.Enlist(APPROVAL, null, null, Map.of()));
        append(new Awaits.StepAwaits(
                APPROVAL, "approval", null, timers.clock().instant().plus(Duration.ofDays(9)), null, null, null, null));
        timers.advance(after);
        append(new Awaits.StepAnswered(APPROVAL, "approval", null, null, null, "ann", "fine", null));
        append(new SagaEvent.Complete());
    }

    private void takeTrip(String id, SagaEvent... more) {
        state = SagaState.initial(new SagaId(id));
        append(new SagaEvent.Start("trip", null, "key", null, Map.of()));
        append(new SagaEvent.Enlist(HOTEL, "direct:cancel", null, Map.of()));
        timers.advance(Duration.ofMillis(200));
        append(new SagaEvent.Success(HOTEL, "Book", null));
        timers.advance(Duration.ofMillis(800));
        List.of(more).forEach(this::append);
        SagaLogEntry resume = new SagaLogEntry(
                state.sagaId(), state.nextSequence(), 1, timers.clock().instant(), new SagaEvent.Resume("here"));
        metrics.onEntry(resume, state.apply(resume));
    }

    private void append(SagaEvent event) {
        SagaLogEntry entry = new SagaLogEntry(
                state.sagaId(), state.nextSequence(), timers.clock().instant(), event);
        state = state.apply(entry);
        log.append(entry);
        metrics.onEntry(entry, state);
    }

    private static SagaCommand actionOn(String id) {
        return new SagaCommand(new SagaId(id), HOTEL, "hotels", "Book", null, Phase.ACTION);
    }

    private void command(ParticipantEvent.Kind kind) {
        messages.onEvent(new ParticipantEvent(kind, "hotels", actionOn("trip-1"), null));
    }

    @Test
    void countsWhatHappenedToSagasAndSteps() {
        assertThat(scrape())
                .contains(
                        "caravan_sagas_started_total{saga=\"trip\"} 3.0",
                        "caravan_saga_duration_seconds_count{saga=\"trip\",status=\"COMPLETED\"} 1",
                        "caravan_saga_duration_seconds_sum{saga=\"trip\",status=\"COMPLETED\"} 1.0",
                        "caravan_saga_duration_seconds_bucket{saga=\"trip\",status=\"COMPLETED\",le=\"0.5\"} 0",
                        "caravan_saga_duration_seconds_bucket{saga=\"trip\",status=\"COMPLETED\",le=\"1.0\"} 1",
                        "caravan_saga_duration_seconds_count{saga=\"trip\",status=\"FAILED\"} 2",
                        "caravan_sagas_repaired_total{saga=\"trip\",status=\"COMPENSATED\"} 1.0",
                        "caravan_saga_timeouts_total{saga=\"trip\"} 1.0",
                        "caravan_step_duration_seconds_count{outcome=\"SUCCEEDED\",saga=\"trip\",step=\"HOTEL\"} 3",
                        "caravan_step_duration_seconds_sum{outcome=\"SUCCEEDED\",saga=\"trip\",step=\"HOTEL\"} 0.6",
                        "caravan_step_duration_seconds_count{outcome=\"TIMED_OUT\",saga=\"trip\",step=\"HOTEL\"} 1",
                        "caravan_step_retries_total{phase=\"action\",saga=\"trip\",step=\"HOTEL\"} 1.0",
                        "caravan_step_retries_total{phase=\"compensation\",saga=\"trip\",step=\"HOTEL\"} 1.0",
                        "caravan_sagas_recovered_total{saga=\"trip\"} 3.0",
                        "caravan_recovery_seconds_sum 2.0");
    }

    @Test
    void countsAStepThatWaitedForAPersonApart() {
        assertThat(scrape())
                .contains("caravan_step_wait_seconds_sum{outcome=\"SUCCEEDED\",saga=\"purchase\",step=\"APPROVAL\"}"
                        + " 172800.0")
                .noneMatch(line -> line.startsWith("caravan_step_duration_seconds") && line.contains("APPROVAL"));
    }

    @Test
    void countsTheEndOfARepairedSagaOnce() {
        assertThat(scrape())
                .doesNotContain("caravan_saga_duration_seconds_count{saga=\"trip\",status=\"COMPENSATED\"}");
    }

    @Test
    void showsWhatNeedsAttentionAndWhatWaits() {
        assertThat(scrape())
                .contains(
                        "caravan_sagas_attention{kind=\"FAILED\"} 1.0",
                        "caravan_sagas_attention{kind=\"SILENT\"} 0.0",
                        "caravan_sagas_in_flight 0.0",
                        "caravan_exchanges_passivated_total 5.0",
                        "caravan_view_sagas 4.0",
                        "caravan_view_lag 0.0",
                        "caravan_console{url=\"https://shop.example.com/sagas\"} 1.0",
                        "caravan_log_lag 7.0",
                        "caravan_log_unreadable_total 3.0",
                        "caravan_fenced_total{part=\"host\"} 1.0",
                        "caravan_fenced_total{part=\"participants\"} 2.0");
    }

    @Test
    void countsMessagesThatChangedNothing() {
        assertThat(scrape())
                .contains(
                        "caravan_messages_late_total{kind=\"reply\"} 1.0",
                        "caravan_messages_late_total{kind=\"command\"} 1.0",
                        "caravan_messages_duplicate_total{kind=\"reply\"} 1.0",
                        "caravan_messages_duplicate_total{kind=\"command\"} 1.0",
                        "caravan_replies_unclaimed_total 0.0",
                        "caravan_dead_letters_total{topic=\"payments-dlq\"} 1.0");
    }

    @Test
    void hasNoTagWhoseValuesGrowWithTheSagas() {
        assertThat(meters.scrape()).doesNotContain("trip-1", "trip-2", "\"key\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/docs/observability/grafana-dashboard.json", "src/docs/observability/alerts.yaml"})
    void dashboardAndAlertsAskForWhatThereIs(String document) {
        String text = Repository.text(document).replace("\\\"", "\"");
        Set<String> used = new TreeSet<>(Repository.find(NAME, text));

        assertThat(used).isNotEmpty().isSubsetOf(names());
        assertThat(Repository.find(USE, text)).isNotEmpty().allSatisfy(use -> {
            String name = use.substring(0, use.indexOf('{'));
            for (String tag : Repository.find(Pattern.compile("([a-z_]+)[!=]=?~?\""), use)) {
                assertThat(scrape()).as(use).anyMatch(line -> line.startsWith(name + "{") && line.contains(tag + "="));
            }
        });
    }

    @Test
    void operationsExplainsEachAlertAndNoOther() {
        List<String> alerts = Repository.find(
                Pattern.compile("alert: (\\w+)"), Repository.text("src/docs/observability/alerts.yaml"));
        List<String> explained =
                Repository.find(Pattern.compile("(?m)^### (\\w+)$"), Repository.text("src/docs/operations.md"));

        assertThat(explained).containsExactlyElementsOf(alerts);
    }

    @Test
    void theDashboardShowsEveryMetric() {
        String dashboard = Repository.text("src/docs/observability/grafana-dashboard.json");

        assertThat(names())
                .filteredOn(name -> !name.equals("caravan_console")) // a link, not a number
                .map(name -> name.replaceAll("_(total|bucket|count|sum|max)$", ""))
                .allSatisfy(name -> assertThat(dashboard).contains(name));
    }

    private Set<String> names() {
        return new TreeSet<>(Repository.find(Pattern.compile("(?m)^(caravan_[a-z_]+)"), meters.scrape()));
    }

    private List<String> scrape() {
        return meters.scrape().lines().toList();
    }
}
