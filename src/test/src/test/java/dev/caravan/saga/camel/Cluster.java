package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.Intake;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.lra.LraSagaService;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.SimulatedLog;
import dev.caravan.saga.test.SimulatedParticipants;
import dev.caravan.saga.test.World;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Producer;
import org.apache.camel.saga.CamelSagaService;

/** Instances of one application in a {@link World}, with Camel, but without Kafka. */
final class Cluster {

    static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), 5);
    static final Duration PATIENCE = Duration.ofSeconds(10);

    final World world;
    final SimulatedLog log;
    final SimulatedParticipants participants;
    private final SimulatedLraCoordinator coordinator;
    private final int partitions;
    private final List<Member> members = new ArrayList<>();
    private final Map<Integer, Long> committed = new HashMap<>();
    private final List<SagaReply> unread = new ArrayList<>();
    private Intake intake = Intake.OPEN;
    private int maxWaitingExchanges;
    private int count;
    private int sagaCount;

    /** Mode {@code log}. */
    Cluster(World world, int partitions) {
        this(world, partitions, null);
    }

    /** @param coordinator of mode {@code lra}; {@code null}: mode {@code log} */
    Cluster(World world, int partitions, SimulatedLraCoordinator coordinator) {
        this.coordinator = coordinator;
        if (coordinator != null) {
            coordinator.callBack(() -> alive().stream().findFirst());
        }
        this.world = world;
        this.partitions = partitions;
        this.log = new SimulatedLog(world, partitions);
        this.participants = new SimulatedParticipants(world);
        listen();
    }

    /** Has instances that come after this passivate exchanges of which more wait. */
    void passivateBeyond(int limit) {
        maxWaitingExchanges = limit;
    }

    /** Has instances that come after this begin no more of what is due than that. */
    void takeIn(Intake ofStarts) {
        intake = ofStarts;
    }

    /** Has the replies of the participants delivered to the owners of their sagas. */
    void listen() {
        participants.replyTo(this::deliver);
    }

    /** One instance: its host, and the partitions that it believes to own. */
    final class Member {
        final Instance instance;
        final SagaHost host;
        final SagaAnswers answers;
        final OwnedPartitions owned;
        final CamelSagaService sagas;
        final SagaRecovery recovery;
        /** {@code null} in mode {@code lra}. */
        final LogSagaService service;

        final Map<String, Producer> producers = new HashMap<>();
        private final Map<Integer, SimulatedLog.Reader> readers = new HashMap<>();

        private Member(String name, CamelContext context) {
            this.instance = new Instance(world, name);
            SagaEngine engine = SagaEngine.builder()
                    .application("orders")
                    .instance(name)
                    .log(log.of(instance))
                    .commands(participants.of(instance))
                    .timers(instance)
                    .threads(SagaThreads.of(instance))
                    .partitions(OwnedPartitions.Ends.UNTOLD)
                    .keyRetention(Duration.ofDays(1000))
                    .intake(intake)
                    .recovery(made -> coordinator == null ? log(context, made) : lra(context, made))
                    .build();
            this.host = engine.host();
            this.answers = engine.answers();
            this.owned = engine.partitions();
            this.recovery = engine.recovery(SagaRecovery.class);
            this.sagas = (CamelSagaService) recovery;
            this.service = recovery instanceof LogSagaService log ? log : null;
        }

        private SagaRecovery log(CamelContext context, SagaHost made) {
            return new LogSagaService(
                    context,
                    made,
                    new StepCallbacks(context, made, BACKOFF),
                    PATIENCE,
                    PATIENCE,
                    maxWaitingExchanges,
                    new SagaIds(id -> made.ownership().owns(id), () -> "saga-" + ++sagaCount));
        }

        private SagaRecovery lra(CamelContext context, SagaHost made) {
            return new LraSagaService(context, made, coordinator.settings(instance), BACKOFF);
        }

        boolean isAlive() {
            return instance.isAlive();
        }

        boolean believesToOwn(int partition) {
            return isAlive() && readers.containsKey(partition);
        }

        void gain(int partition) {
            world.as(instance, () -> {
                long position = committed.getOrDefault(partition, 0L);
                owned.gained(partition, position, log.end(partition));
                readers.put(
                        partition,
                        log.read(
                                instance,
                                partition,
                                position,
                                (entry, offset) -> owned.read(partition, offset, entry)));
            });
            List<SagaReply> waiting = List.copyOf(unread);
            unread.clear();
            waiting.forEach(Cluster.this::deliver);
        }

        void lose(int partition) {
            world.as(instance, () -> owned.lost(partition));
            SimulatedLog.Reader reader = readers.remove(partition);
            if (reader != null) {
                reader.close();
            }
        }

        void commit(int partition) {
            owned.position(partition).ifPresent(position -> committed.put(partition, position));
        }

        void kill() {
            instance.die();
        }

        @Override
        public String toString() {
            return instance.toString();
        }
    }

    /** A new instance, which owns nothing yet. */
    Member add(CamelContext context) {
        return add("host-" + ++count, context);
    }

    Member add(String name, CamelContext context) {
        Member member = new Member(name, context);
        members.add(member);
        return member;
    }

    List<Member> alive() {
        members.removeIf(member -> !member.isAlive());
        return members;
    }

    /** How much waits for its time, but for what the coordinator does in its own. */
    long waiting() {
        return world.waiting() - (coordinator == null ? 0 : coordinator.waiting());
    }

    int partitions() {
        return partitions;
    }

    /** Whose work is being done. */
    Member current() {
        return members.stream()
                .filter(member -> member.instance == world.current())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Nobody's work is being done"));
    }

    private void deliver(SagaReply reply) {
        int partition = log.partitionOf(reply.sagaId());
        List<Member> owners = alive().stream()
                .filter(member -> member.believesToOwn(partition))
                .toList();
        if (owners.isEmpty()) {
            unread.add(reply);
        } else {
            Member owner = owners.get(world.choose(owners.size()));
            world.as(owner.instance, () -> owner.host.deliver(reply));
        }
    }

    SagaState state(SagaId sagaId) {
        return SagaState.replay(sagaId, log.entries(sagaId));
    }
}
