package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.shop.SagaTopic;
import dev.caravan.shop.ShopClient;
import dev.caravan.shop.ShopDatabase;
import dev.caravan.shop.ShopDatabase.Sides;
import dev.caravan.shop.crash.Customers.Accepted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the saga log says when all is over. */
final class Aftermath {

    private static final Sides DONE = new Sides("CONFIRMED", "COMPLETED", "CONFIRMED", "PREPARED");
    private static final Set<String> UNDONE = Set.of("-", "CANCELLED", "DECLINED", "REFUNDED", "RELEASED");

    private final Map<SagaId, List<SagaLogEntry>> log;

    private Aftermath(Map<SagaId, List<SagaLogEntry>> log) {
        this.log = log;
    }

    /** Waits until every saga that ever started has ended. */
    static Aftermath in(String brokers) {
        await().pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(new Aftermath(SagaTopic.entries(brokers)).unfinished())
                        .as("sagas that have not ended")
                        .isEmpty());
        return new Aftermath(SagaTopic.entries(brokers));
    }

    private Map<SagaId, List<SagaLogEntry>> unfinished() {
        Map<SagaId, List<SagaLogEntry>> unfinished = new LinkedHashMap<>(log);
        unfinished.keySet().removeIf(sagaId -> state(sagaId).status().isTerminal());
        return unfinished;
    }

    private SagaState state(SagaId sagaId) {
        return SagaState.replay(sagaId, log.getOrDefault(sagaId, List.of()));
    }

    /** What the log of one saga says so far. */
    static SagaState state(List<SagaLogEntry> entries) {
        return SagaState.replay(entries.get(0).sagaId(), entries);
    }

    /** Every order that was taken ended as its data say, and no other way. */
    Aftermath allEndAsTheirDataSay(List<Accepted> accepted) {
        assertThat(log.keySet())
                .as("one saga for a key")
                .extracting(saga -> state(saga).start().key())
                .doesNotHaveDuplicates();
        assertThat(accepted).extracting(Accepted::sagaId).doesNotHaveDuplicates();
        assertThat(accepted).allSatisfy(order -> assertThat(
                        state(new SagaId(order.sagaId())).status())
                .as("log of %s: %s", order, log.get(new SagaId(order.sagaId())))
                .hasToString(order.expectedEnd()));
        return this;
    }

    /** As {@link #allEndAsTheirDataSay}, but a good order may have been undone, since a step could not be done in time. */
    Aftermath allEndAsTheirDataSayOrUndone(List<Accepted> accepted) {
        return allEndAsTheirDataSay(accepted.stream()
                .filter(order -> state(new SagaId(order.sagaId())).status() != SagaStatus.COMPENSATED)
                .toList());
    }

    /** What was undone was undone once, the last step first. */
    Aftermath compensationsRanInReverseOrder() {
        log.forEach((sagaId, entries) -> {
            List<Step> undone = new ArrayList<>();
            SagaState state = SagaState.initial(sagaId);
            for (SagaLogEntry entry : entries) {
                List<Step> before = compensated(state);
                state = state.apply(entry);
                List<Step> after = new ArrayList<>(compensated(state));
                after.removeAll(before);
                undone.addAll(after);
            }
            List<Step> expected = new ArrayList<>(compensated(state));
            Collections.reverse(expected);
            assertThat(undone).as("compensations of %s: %s", sagaId, entries).isEqualTo(expected);
        });
        return this;
    }

    /** In order of enlistment. */
    private static List<Step> compensated(SagaState state) {
        return state.steps().stream()
                .filter(step -> step.status() == StepStatus.COMPENSATED)
                .map(StepState::step)
                .toList();
    }

    /** The rows of every order, those of orders whose customer got no answer among them, are as its saga says. */
    Aftermath everyEffectIsThereOrUndone(ShopDatabase database) {
        assertThat(log.keySet()).extracting(this::state).allSatisfy(saga -> assertThat(agrees(saga, database))
                .as("%s: %s", database.of(saga.start().key()), log.get(saga.sagaId()))
                .isTrue());
        return this;
    }

    private static boolean agrees(SagaState saga, ShopDatabase database) {
        Sides sides = database.of(saga.start().key());
        return saga.status() == SagaStatus.COMPLETED
                ? sides.equals(DONE)
                : UNDONE.containsAll(List.of(sides.order(), sides.payment(), sides.reservation(), sides.shipment()));
    }

    /** Who follows the log from elsewhere has come to the same. */
    Aftermath isShownBy(ShopClient shop) {
        await().untilAsserted(() -> assertThat(
                        ShopClient.stream(shop.sagas("?limit=1000").body()))
                .extracting(saga ->
                        saga.path("sagaId").asText() + " " + saga.path("status").asText())
                .containsExactlyInAnyOrderElementsOf(log.keySet().stream()
                        .map(sagaId -> sagaId + " " + state(sagaId).status())
                        .toList()));
        return this;
    }

    /** Orders that were taken and whose saga has not ended. */
    long lost(List<Accepted> accepted) {
        return accepted.stream()
                .filter(order -> !state(new SagaId(order.sagaId())).status().isTerminal())
                .count();
    }

    /** Orders of which the four sides do not say the same as the log. */
    long disagreeing(ShopDatabase database) {
        return log.keySet().stream()
                .map(this::state)
                .filter(saga -> !agrees(saga, database))
                .count();
    }

    /** The watchdog: sagas of which the log said nothing for longer than any step, and any takeover, may take. */
    List<String> waitedForTooLong() {
        return log.entrySet().stream()
                .filter(saga -> longestWait(saga.getValue()).compareTo(Mode.LONGEST_WAIT) > 0)
                .map(saga -> saga.getKey() + ": " + saga.getValue())
                .toList();
    }

    private static Duration longestWait(List<SagaLogEntry> entries) {
        Duration longest = Duration.ZERO;
        for (int i = 1; i < entries.size(); i++) {
            Duration wait = Duration.between(
                    entries.get(i - 1).timestamp(), entries.get(i).timestamp());
            longest = wait.compareTo(longest) > 0 ? wait : longest;
        }
        return longest;
    }

    /** No instance lists a saga that a person should look at. */
    static void needNobody(ShopClient... instances) {
        for (ShopClient instance : instances) {
            await().untilAsserted(() -> assertThat(ShopClient.stream(
                            instance.sagas("?attention=true&limit=1000").body()))
                    .as("sagas that a person should look at")
                    .isEmpty());
        }
    }

    long ended(String status) {
        return log.keySet().stream()
                .filter(sagaId -> state(sagaId).status().name().equals(status))
                .count();
    }

    /** How long the slowest of all sagas took. */
    Duration longest() {
        return log.keySet().stream()
                .map(this::state)
                .map(saga -> Duration.between(saga.startedAt(), saga.updatedAt()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** How long after the moment the last saga was taken over. */
    Duration takenOverAfter(Instant moment) {
        return log.values().stream()
                .flatMap(List::stream)
                .filter(entry -> entry.event() instanceof SagaEvent.Resume)
                .map(entry -> Duration.between(moment, entry.timestamp()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** Whether a process was killed in their middle: how many sagas another one went on with. */
    long takenOver() {
        return log.values().stream()
                .filter(entries -> entries.stream().anyMatch(entry -> entry.event() instanceof SagaEvent.Resume))
                .count();
    }
}
