package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.shop.ShopDatabase;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two orchestrators, the services, the broker and, in mode lra, the coordinator: for minutes, one or two of them are
 * killed at random while orders come in. Runs with the Maven profile {@code chaos} only.
 *
 * <p>{@code -Dchaos.minutes}: for both modes together; {@code -Dchaos.seed}: who is killed when, as far as the machine
 * allows to repeat it.
 */
class Chaos {

    private static final Duration FOR_EACH_MODE =
            Duration.ofMinutes(Long.getLong("chaos.minutes", 2)).dividedBy(Mode.values().length);
    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    private static final int ORDERS_EVERY_SECONDS = 4;
    private static final int LONGEST_PEACE_MILLIS = 6_000;

    private final Path directory = FreshDataDirectory.make("chaos");
    private final Random random = new Random(SEED);
    private final AtomicInteger kills = new AtomicInteger();
    private final CompletableFuture<Void> trouble = new CompletableFuture<>();

    /** What can be killed, and comes back at once. */
    private record Victim(String name, Runnable kill, Runnable start) {}

    @ParameterizedTest
    @EnumSource
    void losesNothingAndDoublesNothing(Mode mode) throws Exception {
        say("mode %s for %s, -Dchaos.seed=%d", mode, FOR_EACH_MODE, SEED);
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(3);
        try (Broker broker = new Broker(directory.resolve("kafka"));
                Coordinator coordinator = new Coordinator(directory);
                Orchestrator first = orchestrator(0, mode, broker, coordinator);
                Orchestrator second = orchestrator(1, mode, broker, coordinator);
                Services services = new Services(directory, broker.address());
                Customers customers = customersOf(List.of(first, second))) {
            List<Victim> victims = new ArrayList<>();
            victims.add(new Victim("broker", broker::close, broker::start));
            victims.add(new Victim("services", services::kill, services::start));
            for (Orchestrator orchestrator : List.of(first, second)) {
                victims.add(new Victim("orchestrator", orchestrator::kill, () -> orchestrator
                        .launch()
                        .ready()));
            }
            if (mode == Mode.LRA) {
                coordinator.start();
                victims.add(new Victim("coordinator", coordinator::close, coordinator::start));
            }
            first.launch();
            second.launch();
            services.start();
            first.ready();
            second.ready();

            Instant end = Instant.now().plus(FOR_EACH_MODE);
            clock.scheduleAtFixedRate(
                    () -> customers.place(Customers.sixteen(random)), 0, ORDERS_EVERY_SECONDS, TimeUnit.SECONDS);
            clock.schedule(() -> killSome(victims, clock, end), peace(), TimeUnit.MILLISECONDS);
            trouble.get(FOR_EACH_MODE.toSeconds() * 2 + 300, TimeUnit.SECONDS);
            clock.shutdown();
            assertThat(clock.awaitTermination(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .isTrue();

            List<Customers.Accepted> accepted = customers.accepted();
            Aftermath aftermath = Aftermath.in(broker.address()).compensationsRanInReverseOrder();
            Aftermath.needNobody(first.client(), second.client());
            ShopDatabase database = services.databaseAtTheEnd();
            long lost = aftermath.lost(accepted);
            long doubled = aftermath.disagreeing(database) + Invariants.totalsThatDoNotAddUp(database);
            say(
                    "mode %s: %d kills; orders accepted %d, sagas completed %d, compensated %d, failed %d,"
                            + " taken over %d, longest %s; lost %d, duplicated effects %d",
                    mode,
                    kills.get(),
                    accepted.size(),
                    aftermath.ended("COMPLETED"),
                    aftermath.ended("COMPENSATED"),
                    aftermath.ended("FAILED"),
                    aftermath.takenOver(),
                    aftermath.longest(),
                    lost,
                    doubled);
            assertThat(lost).as("lost orders").isZero();
            assertThat(doubled).as("duplicated effects").isZero();
            assertThat(aftermath.waitedForTooLong())
                    .as("sagas that waited for longer than anything takes")
                    .isEmpty();
            aftermath.everyEffectIsThereOrUndone(database);
            Invariants.holdIn(database);
        } finally {
            clock.shutdownNow();
        }
    }

    /** One of them, and now and then two at once; they are back, in their order, before the next is killed. */
    private void killSome(List<Victim> victims, ScheduledExecutorService clock, Instant end) {
        try {
            Set<Integer> chosen = new TreeSet<>(List.of(random.nextInt(victims.size())));
            if (random.nextInt(4) == 0) {
                chosen.add(random.nextInt(victims.size()));
            }
            List<Victim> killed = chosen.stream().map(victims::get).toList();
            Instant begin = Instant.now();
            killed.forEach(victim -> victim.kill().run());
            killed.forEach(victim -> victim.start().run());
            kills.addAndGet(killed.size());
            say(
                    "killed %s, back after %d ms",
                    killed.stream().map(Victim::name).toList(),
                    Duration.between(begin, Instant.now()).toMillis());
            if (Instant.now().isBefore(end)) {
                clock.schedule(() -> killSome(victims, clock, end), peace(), TimeUnit.MILLISECONDS);
            } else {
                trouble.complete(null);
            }
        } catch (RuntimeException | Error e) {
            trouble.completeExceptionally(e);
        }
    }

    private long peace() {
        return random.nextInt(LONGEST_PEACE_MILLIS);
    }

    private static void say(String format, Object... arguments) {
        System.out.println("Chaos: " + format.formatted(arguments));
    }

    private Orchestrator orchestrator(int number, Mode mode, Broker broker, Coordinator coordinator) {
        return new Orchestrator(
                directory.resolve("orchestrator-" + number),
                mode.settings(
                        broker.address(),
                        "--caravan.session-timeout=6s",
                        "--caravan.lra.coordinator.embedded=false",
                        "--caravan.lra.callback-secret=known to both of them",
                        "--camel.lra.coordinator-url=http://localhost:" + coordinator.port()));
    }

    private static Customers customersOf(List<Orchestrator> orchestrators) {
        AtomicInteger next = new AtomicInteger();
        return new Customers((order, key) ->
                orchestrators.get(next.getAndIncrement() % orchestrators.size()).start(order, key));
    }

    /** Comes back on the same port, with its data. */
    private static final class Broker implements AutoCloseable {

        private final EmbeddedKafkaOptions options;
        private EmbeddedKafka kafka;

        private Broker(Path directory) {
            options = EmbeddedKafkaOptions.in(directory).withPort(LoopbackPorts.free());
            start();
        }

        private void start() {
            kafka = EmbeddedKafka.start(options);
        }

        private String address() {
            return "127.0.0.1:" + options.port();
        }

        @Override
        public void close() {
            kafka.close();
        }
    }
}
