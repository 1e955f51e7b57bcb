package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import dev.caravan.saga.test.SimulatedParticipants.Deed;
import dev.caravan.saga.test.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Several instances run sagas while whatever can happen happens in an order of chance: messages come again and late,
 * instances die at an append or a dispatch, partitions move, and who lost one does not know it for a while. At the end
 * of each run the invariants of the design hold. To see one run again: {@code -Dcaravan.simulation.seed=<seed>}.
 */
class SimulationTest {

    private static final int RUNS = Integer.getInteger("caravan.simulation.runs", 1000);
    private static final int PARTITIONS = 2;
    private static final int MOST_HAPPENINGS = 100_000;

    private static Run run;
    private static int keyed;
    private static SharedCamel camel;

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.caravan.saga");

    @BeforeAll
    static void startCamel() throws Exception {
        LOGGER.setLevel(Level.ERROR);
        camel = new SharedCamel(() -> run.cluster, new Routes());
    }

    @AfterAll
    static void stopCamel() {
        camel.context().stop();
        LOGGER.setLevel(null);
    }

    /** A sequence, two branches, and a step for each item of the order. */
    private static final class Routes extends OrderRoutes {

        @Override
        void orderSaga() {
            from("direct:order-saga")
                    .routeId("order-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .timeout(Duration.ofMinutes(2))
                    .to("direct:reserve-stock")
                    .multicast()
                    .parallelProcessing()
                    .stopOnException()
                    .to("direct:process-payment", "direct:book-courier")
                    .end()
                    .to("direct:prepare-shipping");
            from("direct:items-saga")
                    .routeId("items-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .setProperty("items", simple("${body[items]}"))
                    .to("direct:process-payment")
                    .split(exchangeProperty("items"))
                    .parallelProcessing()
                    .stopOnException()
                    .to("direct:reserve-stock")
                    .end();
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void keepsTheInvariants() {
        Long only = Long.getLong("caravan.simulation.seed");
        Map<SagaStatus, Integer> ends = new EnumMap<>(SagaStatus.class);
        for (long seed = only == null ? 0 : only; seed < (only == null ? RUNS : only + 1); seed++) {
            run = new Run(seed);
            try {
                run.goOn();
                run.check();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Seed %d: %s%n%s".formatted(seed, e.getMessage(), run.story()), e);
            }
            run.sagas().forEach(id -> ends.merge(run.cluster.state(id).status(), 1, Integer::sum));
        }
        if (only == null) {
            assertThat(keyed).as("keys").isPositive();
            assertThat(ends).containsKeys(SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.FAILED);
        }
    }

    /** One world from its beginning to its end. */
    private static final class Run {

        private final Random random;
        private final World world;
        private final Cluster cluster;
        private final Map<String, Action> actions = new HashMap<>();
        private final Map<String, Integer> failures = new HashMap<>();
        private final Map<Integer, Cluster.Member> owners = new HashMap<>();
        private final List<StartedSaga> started = new ArrayList<>();
        private final List<String> story = new ArrayList<>();
        private int ordersLeft;
        private int troublesLeft;

        private Run(long seed) {
            random = new Random(seed);
            world = World.byChance(random);
            cluster = new Cluster(world, PARTITIONS);
            cluster.participants
                    .duplicate(random.nextInt(30))
                    .actions(this::action)
                    .endingsFail(this::failuresOf);
            cluster.passivateBeyond(random.nextInt(3));
            ordersLeft = 1 + random.nextInt(3);
            troublesLeft = random.nextInt(12);
        }

        private Action action(SagaCommand command) {
            return actions.computeIfAbsent(command.sagaId() + command.command() + command.step(), unknown -> {
                Action[] all = Action.values();
                return random.nextInt(8) == 0 ? all[random.nextInt(all.length)] : Action.SUCCEEDS;
            });
        }

        private int failuresOf(SagaCommand command) {
            return failures.computeIfAbsent(
                    command.sagaId() + command.command() + command.step(),
                    unknown -> random.nextInt(4) > 0 ? 0 : random.nextInt(12) > 0 ? random.nextInt(4) : 1000);
        }

        private void goOn() {
            int happenings = 0;
            while (ordersLeft > 0 || troublesLeft > 0) {
                if (random.nextInt(12) == 0) {
                    somethingNew();
                } else if (!world.step() || random.nextInt(300) == 0) {
                    world.passTime();
                }
                assertThat(++happenings).as("happenings").isLessThan(MOST_HAPPENINGS);
            }
            int idle = 0;
            do {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    if (owner(partition) == null) {
                        assign(partition);
                    }
                }
                while (world.step() || world.passTime()) {
                    assertThat(++happenings).as("happenings").isLessThan(MOST_HAPPENINGS);
                }
                cluster.alive().forEach(member -> world.as(member.instance, member.owned::adopt));
                assertThat(idle++).as("rounds").isLessThan(10);
            } while (owner(0) == null || owner(1) == null || idle < 3 || world.canGoOn());
        }

        private Cluster.Member owner(int partition) {
            Cluster.Member owner = owners.get(partition);
            return owner != null && owner.isAlive() ? owner : null;
        }

        private void somethingNew() {
            int partition = random.nextInt(PARTITIONS);
            Cluster.Member owner = owner(partition);
            if (owner == null) {
                assign(partition);
            } else if (random.nextInt(3) == 0) {
                order(owner);
            } else {
                switch (random.nextInt(7)) {
                    case 0 -> kill(owner);
                    case 1 -> move(partition, owner);
                    case 2 -> world.as(owner.instance, owner.owned::adopt);
                    case 3 -> world.as(owner.instance, () -> owner.owned.carryForward(world.now()));
                    case 4 -> fence(owner);
                    default -> owner.commit(partition);
                }
            }
        }

        private void order(Cluster.Member member) {
            if (ordersLeft > 0) {
                ordersLeft--;
                String route = random.nextInt(3) == 0 ? "direct:items-saga" : "direct:order-saga";
                String key = random.nextBoolean() ? null : "key-" + random.nextInt(2);
                do {
                    Cluster.Member asked = key == null || random.nextBoolean()
                            ? member
                            : cluster.alive().get(random.nextInt(cluster.alive().size()));
                    tell("order %s by %s at %s", key, route, asked);
                    world.as(
                            asked.instance,
                            () -> started.add(new SagaStarter(camel.context())
                                    .start(route, Map.of("items", List.of("A", "B", "C")), key, Map.of())));
                } while (key != null && random.nextBoolean());
            }
        }

        private void kill(Cluster.Member member) {
            if (troublesLeft > 0) {
                troublesLeft--;
                int acts = random.nextInt(12);
                tell("%s will die at act %d", member, member.instance.acts() + acts);
                if (random.nextBoolean()) {
                    member.instance.dieBefore(acts);
                } else {
                    member.instance.dieAfter(acts);
                }
                if (random.nextInt(4) == 0) {
                    member.kill();
                }
            }
        }

        /** The partition gets a new owner; the old one is told before, or learns of it later. */
        private void move(int partition, Cluster.Member old) {
            if (troublesLeft > 0) {
                troublesLeft--;
                owners.remove(partition);
                if (random.nextBoolean()) {
                    tell("%s loses partition %d", old, partition);
                    old.lose(partition);
                } else {
                    tell("%s loses partition %d and does not know", old, partition);
                    world.later(Duration.ofSeconds(random.nextInt(60)), () -> {
                        if (owner(partition) != old) {
                            tell("%s learns that it has lost partition %d", old, partition);
                            old.lose(partition);
                        }
                    });
                }
                assign(partition);
            }
        }

        /** All that it had is others' before it learns of it; it lets go of everything then, and comes back as a new member. */
        private void fence(Cluster.Member old) {
            if (troublesLeft > 0) {
                troublesLeft--;
                tell("%s is fenced and does not know", old);
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    if (owner(partition) == old) {
                        owners.remove(partition);
                        assign(partition);
                    }
                }
                int back = random.nextInt(PARTITIONS);
                world.later(Duration.ofSeconds(random.nextInt(60)), () -> comeBack(old, back));
            }
        }

        private void comeBack(Cluster.Member old, int back) {
            if (!old.isAlive()) {
                return;
            }
            for (int partition = 0; partition < PARTITIONS; partition++) {
                if (old.believesToOwn(partition) && owner(partition) != old) {
                    tell("%s learns that it was fenced, and lets go of partition %d", old, partition);
                    old.lose(partition);
                }
            }
            Cluster.Member owner = owner(back);
            if (owner != null && owner != old) {
                tell("%s loses partition %d to %s, which has come back", owner, back, old);
                owner.lose(back);
                owners.put(back, old);
                old.gain(back);
            }
        }

        private void assign(int partition) {
            List<Cluster.Member> candidates = cluster.alive().stream()
                    .filter(member -> !member.believesToOwn(partition))
                    .toList();
            Cluster.Member next = candidates.isEmpty() || candidates.size() < 3 && random.nextInt(3) == 0
                    ? cluster.add(camel.context())
                    : candidates.get(random.nextInt(candidates.size()));
            tell("%s gains partition %d at %d", next, partition, cluster.log.end(partition));
            owners.put(partition, next);
            next.gain(partition);
        }

        private void tell(String what, Object... details) {
            story.add(what.formatted(details));
        }

        private String story() {
            String log = cluster.log.sagas().stream()
                    .map(id -> id + "\n  "
                            + cluster.log.entries(id).stream()
                                    .map(entry -> "%d/%d %s".formatted(entry.sequence(), entry.epoch(), entry.event()))
                                    .collect(Collectors.joining("\n  "))
                            + "\n  "
                            + cluster.participants.deeds(id))
                    .collect(Collectors.joining("\n"));
            return String.join("\n", story) + "\n" + log;
        }

        private void check() {
            cluster.alive().forEach(member -> assertThat(member.host.size())
                    .as("sagas in the memory of %s", member)
                    .isZero());
            assertThat(world.waiting()).as("timers").isZero();
            sagas().forEach(this::check);
            checkKeys();
            for (StartedSaga saga : started) {
                if (saga.accepted().isDone() && !saga.accepted().isCompletedExceptionally()) {
                    assertThat(cluster.log.sagas()).contains(saga.accepted().join());
                }
                if (saga.ended().isDone() && !saga.ended().isCompletedExceptionally()) {
                    SagaState told = saga.ended().join();
                    assertThat(told.status())
                            .as("what the caller was told of %s", told.sagaId())
                            .isEqualTo(cluster.state(told.sagaId()).status());
                }
            }
        }

        /** Without what was only asked for. */
        private List<SagaId> sagas() {
            return cluster.log.sagas().stream()
                    .filter(id -> cluster.state(id).status() != SagaStatus.INITIAL)
                    .toList();
        }

        /** Of one key, one saga did something; who asked was told of that one. */
        private void checkKeys() {
            Map<String, List<SagaState>> byKey = sagas().stream()
                    .map(cluster::state)
                    .filter(state -> state.start().key() != null)
                    .collect(Collectors.groupingBy(
                            state -> state.name() + state.start().key()));
            byKey.forEach((key, sagas) -> {
                List<SagaId> told = started.stream()
                        .filter(saga ->
                                saga.accepted().isDone() && !saga.accepted().isCompletedExceptionally())
                        .map(saga -> saga.accepted().join())
                        .filter(id ->
                                sagas.stream().anyMatch(saga -> saga.sagaId().equals(id)))
                        .distinct()
                        .toList();
                List<SagaId> ran = sagas.stream()
                        .filter(saga -> saga.reason() == null || !saga.reason().startsWith("Its key is"))
                        .map(SagaState::sagaId)
                        .toList();
                assertThat(ran).as("sagas of %s", key).hasSize(1);
                assertThat(ran).as("what was told of %s", key).containsAll(told);
                keyed++;
            });
        }

        private void check(SagaId id) {
            SagaState state = cluster.state(id);
            assertThat(state.status().isTerminal())
                    .as("%s is %s", id, state.status())
                    .isTrue();
            Map<Step, List<Deed>> deeds =
                    cluster.participants.deeds(id).stream().collect(Collectors.groupingBy(Deed::step));
            deeds.forEach((step, ofStep) -> assertThat(ofStep)
                    .as("effects of %s", step)
                    .extracting(Deed::command)
                    .doesNotHaveDuplicates());
            for (StepState step : state.steps()) {
                long effects = deeds.getOrDefault(step.step(), List.of()).stream()
                        .filter(deed -> !isEnding(deed))
                        .count();
                if (state.status() == SagaStatus.COMPLETED) {
                    assertThat(effects).as("effects of %s", step.step()).isEqualTo(1);
                }
            }
            deeds.forEach((step, ofStep) -> {
                boolean givenUp = state.step(step)
                        .map(known -> known.status() == StepStatus.COMPENSATION_FAILED)
                        .orElse(false);
                if (state.status() != SagaStatus.COMPLETED && !givenUp) {
                    assertThat(ofStep).as("effects of %s", step).hasSize(2);
                } else if (state.status() == SagaStatus.COMPLETED) {
                    assertThat(ofStep).as("effects of %s", step).noneMatch(SimulationTest::isCompensation);
                }
            });
            if (state.status() == SagaStatus.FAILED) {
                assertThat(state.steps()).anyMatch(step -> step.status() == StepStatus.COMPENSATION_FAILED);
                assertThat(state.problem()).contains("could not be compensated");
            }
            checkOrder(id, state);
            checkReaders(id, state);
        }

        private void checkOrder(SagaId id, SagaState state) {
            List<Step> undone = cluster.participants.deeds(id).stream()
                    .filter(SimulationTest::isCompensation)
                    .map(Deed::step)
                    .toList();
            List<Step> expected = new ArrayList<>(state.steps().stream()
                    .map(StepState::step)
                    .filter(undone::contains)
                    .toList());
            Collections.reverse(expected);
            assertThat(undone).as("the order of compensation").isEqualTo(expected);
        }

        /** A reader who gets entries again comes to the same state. */
        private void checkReaders(SagaId id, SagaState state) {
            List<SagaLogEntry> entries = new ArrayList<>();
            for (SagaLogEntry entry : cluster.log.entries(id)) {
                entries.add(entry);
                if (random.nextInt(4) == 0) {
                    entries.add(entries.get(random.nextInt(entries.size())));
                }
            }
            SagaState again = SagaState.replay(id, entries);
            assertThat(again.status()).isEqualTo(state.status());
            assertThat(again.steps()).isEqualTo(state.steps());
        }
    }

    private static boolean isCompensation(Deed deed) {
        return List.of("ReleaseStock", "RefundPayment", "CancelCourier", "CancelShipping")
                .contains(deed.command());
    }

    private static boolean isEnding(Deed deed) {
        return isCompensation(deed) || deed.command().equals("ConfirmStock");
    }
}
