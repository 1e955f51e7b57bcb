package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several instances of the orchestrator share the sagas; some of them are killed. */
class OrchestratorsIT {

    private static final Logger LOGGER = LoggerFactory.getLogger(OrchestratorsIT.class);
    private static final Duration SESSION = Duration.ofSeconds(6);

    /** What a machine takes to notice, to assign and to read the log, however slow it is. */
    private static final Duration SLACK = HangLimit.TIME;

    @Test
    void anotherInstanceGoesOnWithTheSagasOfOneThatWasKilledAndGivesThemBack() throws Exception {
        run(2, (instances, customers, watch) -> {
            killAtThe(25, "ENLIST", instances.get(0), customers, watch);
            instances.get(0).launch();
            customers.place(Customers.sixteen(new Random(3)));
            instances.get(0).ready();
            return killAtThe(20, "SUCCESS", instances.get(1), customers, watch);
        });
    }

    @Test
    void oneOfThreeIsEnough() throws Exception {
        run(3, (instances, customers, watch) -> {
            killAtThe(20, "SUCCESS", instances.get(2), customers, watch);
            return killAtThe(6, "COMPENSATE_SUCCESS", instances.get(0), customers, watch);
        });
    }

    private interface Story {
        /** When the last instance was killed. */
        Instant tell(List<Orchestrator> instances, Customers customers, SagaLogWatch watch) throws Exception;
    }

    private static void run(int count, Story story) throws Exception {
        Path directory = FreshDataDirectory.make("orchestrators");
        List<Orchestrator> instances = new ArrayList<>();
        AtomicInteger next = new AtomicInteger();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
                Services services = new Services(directory, kafka.bootstrapServers());
                Customers customers = new Customers((order, key) ->
                        instances.get(next.getAndIncrement() % instances.size()).start(order, key))) {
            for (int i = 0; i < count; i++) {
                instances.add(new Orchestrator(directory.resolve("orchestrator-" + i), settings(kafka)).launch());
            }
            services.start();
            instances.forEach(Orchestrator::ready);

            Instant killed;
            try (SagaLogWatch watch = new SagaLogWatch(kafka.bootstrapServers())) {
                killed = story.tell(instances, customers, watch);
            }

            Aftermath aftermath = Aftermath.in(kafka.bootstrapServers())
                    .allEndAsTheirDataSay(customers.accepted())
                    .compensationsRanInReverseOrder();
            instances.stream()
                    .filter(Orchestrator::isAlive)
                    .forEach(instance -> aftermath.isShownBy(instance.client()));
            assertThat(aftermath.takenOver()).as("sagas that were taken over").isPositive();
            assertThat(aftermath.takenOverAfter(killed))
                    .as("time until the last saga was taken over")
                    .isBetween(Duration.ZERO, SESSION.plus(SLACK));
            LOGGER.warn("{} sagas were taken over, after {}", aftermath.takenOver(), aftermath.takenOverAfter(killed));
            Invariants.holdIn(services.databaseAtTheEnd());
            aftermath.everyEffectIsThereOrUndone(services.process().database());
        } finally {
            instances.forEach(Orchestrator::close);
        }
    }

    private static String[] settings(EmbeddedKafka kafka) {
        return Mode.LOG.settings(kafka.bootstrapServers(), "--caravan.session-timeout=" + SESSION.toSeconds() + "s");
    }

    private static Instant killAtThe(
            int count, String event, Orchestrator instance, Customers customers, SagaLogWatch watch) throws Exception {
        CompletableFuture<Instant> killed = watch.next(event, count).thenApply(reached -> {
            instance.kill();
            return Instant.now();
        });
        customers.place(Customers.sixteen(new Random(count)));
        return killed.get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }
}
