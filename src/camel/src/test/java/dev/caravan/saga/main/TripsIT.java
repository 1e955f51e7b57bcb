package dev.caravan.saga.main;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.saga.InMemorySagaService;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application of beans whose process is killed again and again under load, with real Kafka: effect by effect as by
 * Camel's own service in memory, except for sagas with a step in doubt, of which nothing is left. {@code -Dtrips.seed} kills
 * it elsewhere, {@code -Dtrips} and {@code -Dtrips.kills} say how many there are.
 */
@Tag("thorough")
class TripsIT {

    private static final int TRIPS = Integer.getInteger("trips", 120);
    private static final int KILLS = Integer.getInteger("trips.kills", 4);
    private static final long SEED = Long.getLong("trips.seed", 1);

    @TempDir
    private Path directory;

    private final Programs programs = new Programs();
    private ObservedKafka kafka;
    private Path file;

    @BeforeEach
    void start() throws Exception {
        file = Files.createFile(directory.resolve("effects"));
        kafka = new ObservedKafka(directory.resolve("kafka"), new NewTopic("trips", 8, (short) 1));
    }

    @AfterEach
    void stop() throws Exception {
        programs.kill();
        kafka.close();
    }

    private Process process(int number) throws IOException {
        return programs.start(
                TripsProgram.class, directory.resolve("process-" + number + ".log"), kafka.brokers(), file.toString());
    }

    /** One of its trip, what follows is what nobody can tell beforehand. */
    private record Effect(String kind, String what, String trip, String rest) {

        static Effect of(String line) {
            String[] words = line.split(" ", 4);
            return new Effect(words[0], words[1], words[2], words.length > 3 ? words[3] : "");
        }

        String name() {
            return kind + " " + what;
        }
    }

    private static Map<String, List<Effect>> effects(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(Effect::of).collect(groupingBy(Effect::trip));
        }
    }

    private long count() throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        }
    }

    /** What each trip does where nobody is killed. */
    private Map<String, List<Effect>> byCamel() throws Exception {
        Path calm = Files.createFile(directory.resolve("calm"));
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addService(new InMemorySagaService());
            context.addRoutes(new TripsProgram.Routes(calm));
            context.start();
            ProducerTemplate template = context.createProducerTemplate();
            for (int trip = 0; trip < TRIPS; trip++) {
                template.send("direct:trip", exchangeOf(trip));
            }
            long undone = Stream.iterate(0, trip -> trip + 1)
                    .limit(TRIPS)
                    .filter(trip -> trip % 5 == 3)
                    .count();
            await().until(() -> effects(calm).values().stream()
                            .flatMap(List::stream)
                            .filter(effect -> effect.kind().equals("undone"))
                            .count()
                    == 3 * undone);
        }
        return effects(calm);
    }

    private static Processor exchangeOf(int trip) {
        return exchange -> exchange.getIn().setBody(Integer.toString(trip));
    }

    private List<SagaState> sagas() {
        SagaLog log = kafka.log();
        List<SagaId> started = new ArrayList<>();
        for (int partition = 0; partition < log.partitions(); partition++) {
            log.replay(partition, entry -> {
                if (entry.event() instanceof SagaEvent.Start) {
                    started.add(entry.sagaId());
                }
            });
        }
        return started.stream()
                .map(saga -> SagaState.replay(saga, log.read(saga)))
                .toList();
    }

    private static List<String> names(List<Effect> effects, String kind) {
        return effects.stream()
                .map(Effect::name)
                .filter(name -> name.startsWith(kind + " "))
                .distinct()
                .sorted()
                .toList();
    }

    @Test
    void doesWhatItDoesInMemoryHoweverOftenItIsKilled() throws Exception {
        Random random = new Random(SEED);
        kafka.send(
                "trips", IntStream.range(0, TRIPS).mapToObj(Integer::toString).toArray(String[]::new));
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = process(kill);
            long until = count() + 5 + random.nextInt(3 * TRIPS / (KILLS + 2));
            await().atMost(3L * HangLimit.SECONDS, TimeUnit.SECONDS).until(() -> count() >= until);
            process.destroyForcibly().waitFor();
        }
        process(KILLS);
        await().atMost(6L * HangLimit.SECONDS, TimeUnit.SECONDS).untilAsserted(() -> assertThat(sagas())
                .hasSize(TRIPS)
                .filteredOn(saga -> !saga.status().isTerminal())
                .as("what is left")
                .isEmpty());

        Map<String, List<Effect>> calm = byCamel();
        Map<String, List<Effect>> effects = effects(file);
        int inDoubt = 0;
        for (SagaState saga : sagas()) {
            String trip = saga.start().body().asText();
            List<Effect> ofTrip = effects.getOrDefault(trip, List.of());
            String story = "trip %s: %s%n%s".formatted(trip, ofTrip, saga);
            List<String> done = ofTrip.stream()
                    .filter(effect -> effect.kind().equals("done"))
                    .map(Effect::name)
                    .toList();
            assertThat(done).as(story).doesNotHaveDuplicates();
            assertThat(seats(ofTrip)).as(story).isTrue();
            if (String.valueOf(saga.reason()).contains("is in doubt: it began before a crash")) {
                inDoubt++;
                assertThat(saga.status()).as(story).isEqualTo(SagaStatus.COMPENSATED);
                assertThat(names(ofTrip, "undone"))
                        .as(story)
                        .containsAll(done.stream().map(name -> "un" + name).toList());
            } else {
                assertThat(done).as(story).containsExactlyInAnyOrderElementsOf(names(calm.get(trip), "done"));
                assertThat(names(ofTrip, "undone")).as(story).isEqualTo(names(calm.get(trip), "undone"));
            }
        }
        assertThat(inDoubt).isLessThanOrEqualTo(8 * KILLS);
        assertThat(sagas()).anyMatch(saga -> saga.epoch() > 0);
    }

    /** The payment is told the seats that were booked. */
    private static boolean seats(List<Effect> effects) {
        return effects.stream()
                .filter(effect -> effect.name().equals("done payment"))
                .allMatch(payment -> payment.rest()
                        .equals(Stream.of("done train", "done flight")
                                .map(name -> effects.stream()
                                        .filter(effect -> effect.name().equals(name))
                                        .map(Effect::rest)
                                        .findFirst()
                                        .orElse("none"))
                                .reduce((train, flight) -> train + " " + flight)
                                .orElseThrow()));
    }
}
