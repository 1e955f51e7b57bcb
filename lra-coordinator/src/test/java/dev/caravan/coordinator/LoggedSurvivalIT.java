package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.coordinator.CallbackJournal.Line;
import dev.caravan.coordinator.ForeignLoad.Ended;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three instances on one Kafka, under the load of foreign clients. Each is killed and comes back, each is frozen until
 * others have its partitions, and thaws; then all are killed at the same time. Minutes: the profile crash runs it.
 */
class LoggedSurvivalIT {

    private static final int INSTANCES = 3;
    private static final int PARTITIONS = 6;
    private static final int CLIENTS = 4;
    private static final int BETWEEN = 40; // LRAs from one fault to the next
    /** Shorter than the session, so that nobody takes over; and much longer. */
    private static final List<Duration> FROZEN =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(90));

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private final List<Integer> ports =
            Stream.generate(LoopbackPorts::free).distinct().limit(INSTANCES).toList();
    private final List<CoordinatorProcess> processes = new ArrayList<>();
    private final CallbackJournal journal = new CallbackJournal();
    private EmbeddedKafka kafka;
    private ForeignLoad load;
    private LogGroup group;

    @AfterEach
    void stop() {
        if (load != null) {
            load.close();
        }
        processes.forEach(CoordinatorProcess::close);
        if (group != null) {
            group.close();
        }
        kafka.close();
        journal.close();
    }

    private CoordinatorProcess start(int instance) {
        return CoordinatorProcess.start(
                ports.get(instance),
                directory,
                "--caravan.lra.coordinator.kind=log",
                "--caravan.lra.coordinator.log.partitions=" + PARTITIONS,
                "--caravan.lra.coordinator.log.kafka.bootstrap.servers=" + kafka.bootstrapServers(),
                "--caravan.lra.coordinator.log.kafka.client.id=" + name(instance),
                "--caravan.lra.coordinator.log.kafka.session.timeout.ms=6000");
    }

    private static String name(int instance) {
        return "instance-" + instance;
    }

    @Test
    void losesNoLraAndEndsNoneTwiceOrOtherwiseThanDecided() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
        for (int i = 0; i < INSTANCES; i++) {
            processes.add(start(i));
        }
        group = new LogGroup(kafka.bootstrapServers(), PARTITIONS);
        group.awaitAll(INSTANCES);
        load = new ForeignLoad(ports, journal, CLIENTS);

        for (int i = 0; i < INSTANCES; i++) {
            kill(i);
            freeze(i);
            freezeFor(FROZEN.get(i), i);
        }
        killAll();

        List<Ended> all = load.finish();
        awaitTheEndOf(all);
        all.forEach(this::check);
        assertThat(all).hasSizeGreaterThan(2 * INSTANCES * BETWEEN);
        long calls =
                all.stream().mapToLong(each -> journal.of(each.number()).size()).sum();
        System.out.printf(
                "%d LRAs, %d calls of participants; clients went on to another instance %d times%n",
                all.size(), calls, load.failures());
    }

    private void goOn() {
        int enough = load.count() + BETWEEN;
        await().until(() -> load.count() >= enough);
    }

    private void kill(int instance) {
        goOn();
        processes.get(instance).kill();
        goOn();
        processes.set(instance, start(instance));
        group.awaitAll(INSTANCES);
    }

    private void freeze(int instance) {
        goOn();
        Set<Integer> partitions = group.partitionsOf(name(instance));
        assertThat(partitions).isNotEmpty();
        processes.get(instance).freeze();
        Map<Integer, String> before = group.claims();
        group.awaitTaken(partitions, before);
        goOn();
        processes.get(instance).thaw();
        goOn();
        group.awaitAll(INSTANCES);
    }

    private void freezeFor(Duration time, int instance) {
        goOn();
        processes.get(instance).freeze();
        await().pollDelay(time).until(() -> true); // the load goes on
        processes.get(instance).thaw();
        goOn();
        group.awaitAll(INSTANCES);
    }

    private void killAll() {
        goOn();
        processes.forEach(CoordinatorProcess::kill);
        for (int i = 0; i < INSTANCES; i++) {
            processes.set(i, start(i));
        }
        goOn();
    }

    /** What is left are those of clients that were not told that they had started one. */
    private void awaitTheEndOf(List<Ended> all) {
        List<LraClient> instances = ports.stream().map(LraClient::new).toList();
        Set<String> known = Set.copyOf(all.stream().map(Ended::id).toList());
        for (LraClient instance : instances) {
            await().until(() -> instance.list().keySet().stream().noneMatch(known::contains));
            assertThat(instance.failed()).isEmpty();
        }
        Map<String, String> started = instances.get(0).list();
        assertThat(started.values()).allMatch("Active"::equals);
        started.keySet().forEach(lra -> instances.get(0).cancel(at(0, lra)));
        await().until(() -> group.left().isEmpty());
    }

    private String at(int instance, String lra) {
        return lra.replaceFirst(":[0-9]+/", ":" + ports.get(instance) + "/");
    }

    private void check(Ended lra) {
        List<Line> lines = journal.of(lra.number());
        String what = lra + " " + lines;
        List<Line> told =
                lines.stream().filter(line -> line.action().equals("after")).toList();
        List<Line> called =
                lines.stream().filter(line -> !line.action().equals("after")).toList();

        assertThat(told).as(what).isNotEmpty().allMatch(line -> line.body().equals(lra.end().status));
        assertThat(called).as(what).allMatch(line -> line.action().equals(lra.end().action));
        for (int i = 1; i <= lra.participants(); i++) {
            int participant = i;
            assertThat(called).as(what).anyMatch(line -> line.participant() == participant && line.isDone());
            if (lra.end() != ForeignLoad.End.CLOSE) {
                assertThat(doneBefore(called, participant))
                        .as(what)
                        .containsAll(IntStream.rangeClosed(participant + 1, lra.participants())
                                .boxed()
                                .toList());
            }
        }
    }

    /** Those that were done when this one was called for the first time. */
    private static List<Integer> doneBefore(List<Line> called, int participant) {
        return called.stream()
                .takeWhile(line -> line.participant() != participant)
                .filter(Line::isDone)
                .map(Line::participant)
                .toList();
    }
}
