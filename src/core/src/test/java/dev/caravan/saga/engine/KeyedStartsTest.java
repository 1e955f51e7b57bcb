package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Starts with a key that come again, at instances of one application on one log. */
class KeyedStartsTest {

    private static final Duration RETENTION = Duration.ofHours(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();

    /** One instance; it reads the log when the test says so, and undoes what it is to cancel. */
    private final class Instance {
        private final SagaHost host;
        private final OwnedPartitions owned;
        private final List<SagaId> resumed = new ArrayList<>();
        private int position;

        private Instance(String name) {
            SagaEngine engine = TestEngine.on(log, timers)
                    .instance(name)
                    .keyRetention(RETENTION)
                    .partitions(OwnedPartitions.Ends.UNTOLD)
                    .recovery(sagas -> new SagaRecovery() {
                        @Override
                        public void resume(LiveSaga saga) {
                            resumed.add(saga.id());
                        }

                        @Override
                        public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
                            return saga.append(reason)
                                    .thenCompose(done -> saga.append(new SagaEvent.CompensateComplete()));
                        }
                    })
                    .build();
            host = engine.host();
            owned = engine.partitions();
        }

        /** Gains the partition as one whose owner has committed this position. */
        private Instance gain(int committed) {
            position = committed;
            owned.gained(0, committed, all().size());
            return readAll();
        }

        private Instance readAll() {
            while (position < all().size()) {
                owned.read(0, position, all().get(position++));
            }
            return this;
        }

        private CompletableFuture<Begun> asks(SagaEvent.Start start) {
            CompletableFuture<Begun> begun = host.keys().start(start, TIMEOUT);
            readAll();
            return begun;
        }

        private Begun starts(String key) {
            return asks(start(key, 1)).join();
        }
    }

    private Instance owner(String name) {
        return new Instance(name).gain(0);
    }

    private static SagaEvent.Start start(String key, int amount) {
        JsonNode body = JsonNodeFactory.instance.objectNode().put("amount", amount);
        return new SagaEvent.Start("order-saga", null, key, body, Map.of(), "orders");
    }

    private List<SagaLogEntry> all() {
        List<SagaLogEntry> all = new ArrayList<>();
        log.replay(0, all::add);
        return all;
    }

    private List<SagaId> started() {
        return all().stream()
                .filter(entry -> entry.event() instanceof SagaEvent.Start)
                .map(SagaLogEntry::sagaId)
                .toList();
    }

    private static void end(Instance owner, SagaId saga) {
        owner.host.live(saga).orElseThrow().append(new SagaEvent.Complete()).join();
        owner.readAll();
    }

    @Test
    void startsOneSagaForOneKey() {
        Instance instance = owner("first");

        Begun first = instance.starts("A");
        Begun second = instance.starts("A");
        Begun other = instance.starts("B");

        assertThat(first.toRun()).isPresent();
        assertThat(second).isEqualTo(new Begun(first.saga(), null, SagaStatus.EXECUTING));
        assertThat(other.before()).isNull();
        assertThat(started()).containsExactly(first.saga(), other.saga());
    }

    @Test
    void tellsHowTheSagaOfAKeyHasEnded() {
        Instance instance = owner("first");
        SagaId saga = instance.starts("A").saga();
        end(instance, saga);

        assertThat(instance.starts("A")).isEqualTo(new Begun(saga, null, SagaStatus.COMPLETED));
    }

    @Test
    void startsAnotherSagaWhenTheTimeIsOver() {
        Instance instance = owner("first");
        SagaId saga = instance.starts("A").saga();
        timers.advance(RETENTION.multipliedBy(3));
        assertThat(instance.starts("A").before()).isEqualTo(SagaStatus.EXECUTING);
        end(instance, saga);
        timers.advance(RETENTION);
        assertThat(instance.starts("A").before()).isEqualTo(SagaStatus.COMPLETED);

        timers.advance(Duration.ofMillis(1));

        assertThat(instance.starts("A").before()).isNull();
        assertThat(started()).hasSize(2);
    }

    @Test
    void refusesAnotherBodyWithTheSameKey() {
        Instance instance = owner("first");
        SagaId saga = instance.starts("A").saga();

        assertThatThrownBy(() -> instance.asks(start("A", 2)).join())
                .cause()
                .isInstanceOfSatisfying(KeyTakenException.class, taken -> assertThat(taken.saga())
                        .isEqualTo(saga));
        end(instance, saga);
        assertThatThrownBy(() -> instance.asks(start("A", 2)).join()).hasCauseInstanceOf(KeyTakenException.class);
        assertThat(started()).hasSize(1);
    }

    @Test
    void takesBodiesForTheSameWhoseFieldsAreInAnotherOrder() {
        Instance instance = owner("first");
        JsonNode one = JsonNodeFactory.instance.objectNode().put("a", 1).put("b", 2);
        JsonNode other = JsonNodeFactory.instance.objectNode().put("b", 2).put("a", 1);
        instance.asks(new SagaEvent.Start("order-saga", null, "A", one, Map.of(), "orders"));

        Begun again = instance.asks(new SagaEvent.Start("order-saga", null, "A", other, Map.of(), "orders"))
                .join();

        assertThat(again.before()).isEqualTo(SagaStatus.EXECUTING);
    }

    @Test
    void knowsTheKeysThatAnOwnerBeforeHasSeen() {
        Instance first = owner("first");
        SagaId ended = first.starts("A").saga();
        end(first, ended);
        SagaId running = first.starts("B").saga();
        first.owned.lost(0);
        Instance second = new Instance("second").gain(all().size() - 1);

        assertThat(second.starts("A")).isEqualTo(new Begun(ended, null, SagaStatus.COMPLETED));
        assertThat(second.starts("B")).isEqualTo(new Begun(running, null, SagaStatus.EXECUTING));
        assertThatThrownBy(() -> second.asks(start("A", 2)).join()).hasCauseInstanceOf(KeyTakenException.class);
    }

    @Test
    void runsNoSagaThatWasBegunByAnInstanceThatHadLostThePartition() {
        Instance first = owner("first");
        end(first, first.starts("B").saga());
        Instance second = owner("second");
        SagaId saga = second.starts("A").saga();

        CompletableFuture<Begun> late = first.host.keys().start(start("A", 1), TIMEOUT);
        second.readAll().owned.adopt();
        second.owned.adopt();
        second.readAll();

        assertThat(late).isNotDone();
        SagaId twin = started().get(2);
        SagaState state = SagaState.replay(twin, log.read(twin));
        assertThat(state.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(state.reason()).contains("Its key is that of saga " + saga);
        assertThat(second.resumed).isEmpty();
        assertThat(second.starts("A").saga()).isEqualTo(saga);
    }

    @Test
    void asksTheOwnerOfTheKey() {
        Instance owner = owner("owner");
        Instance other = new Instance("other");

        CompletableFuture<Begun> asked = other.asks(start("A", 1));
        assertThat(asked).isNotDone();
        owner.readAll();

        SagaId saga = started().get(0);
        assertThat(asked.join()).isEqualTo(new Begun(saga, null, null));
        assertThat(owner.resumed).containsExactly(saga);
        CompletableFuture<Begun> again = other.asks(start("A", 1));
        CompletableFuture<Begun> wrong = other.asks(start("A", 2));
        owner.readAll();
        assertThat(again.join()).isEqualTo(new Begun(saga, null, SagaStatus.EXECUTING));
        assertThat(wrong).isCompletedExceptionally();
        assertThat(started()).containsExactly(saga);
    }

    @Test
    void answersOnceWhatWasAskedOfAnOwnerThatDied() {
        Instance other = new Instance("other");
        CompletableFuture<Begun> asked = other.asks(start("A", 1));

        Instance first = owner("first");
        SagaId saga = started().get(0);
        assertThat(asked.join().saga()).isEqualTo(saga);
        assertThat(first.resumed).containsExactly(saga);
        end(first, saga);
        timers.advance(RETENTION.multipliedBy(2));
        owner("second");

        assertThat(started()).containsExactly(saga);
    }

    @Test
    void saysThatNobodyAnswered() {
        Instance other = new Instance("other");

        CompletableFuture<Begun> asked = other.asks(start("A", 1));
        timers.advance(TIMEOUT.plusSeconds(2));

        assertThatThrownBy(asked::join).hasCauseInstanceOf(SagaStartNotKnownException.class);
        owner("owner");
        assertThat(started()).hasSize(1);
    }

    /** Its owner died between START and the answer, and the request is read again when its saga has long ended. */
    @Test
    void startsNothingForWhatWasAskedLongAgo() {
        new Instance("other").asks(start("A", 1));
        timers.advance(RETENTION.plus(TIMEOUT).plusSeconds(3));

        owner("owner");

        assertThat(started()).isEmpty();
    }

    @Test
    void startsOneSagaInALogThatOneInstanceHasForItself() {
        SagaHost host = TestEngine.on(log, timers).build().host();

        SagaId saga = host.keys().start(start("A", 1), TIMEOUT).join().saga();

        assertThat(host.keys().start(start("A", 1), TIMEOUT).join())
                .isEqualTo(new Begun(saga, null, SagaStatus.EXECUTING));
        host.live(saga).orElseThrow().append(new SagaEvent.Complete()).join();
        assertThat(host.keys().start(start("A", 1), TIMEOUT).join().before()).isEqualTo(SagaStatus.COMPLETED);
    }
}
