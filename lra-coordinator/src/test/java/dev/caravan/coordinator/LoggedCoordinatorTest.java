package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import io.narayana.lra.LRAConstants;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The coordinator of kind {@code log} gives the same answers, and several of them have the same LRAs. */
class LoggedCoordinatorTest extends EmbeddedCoordinatorTest {

    @TempDir
    static Path directory;

    private static final String LINK = LRAConstants.NARAYANA_LRA_PARTICIPANT_LINK_HEADER_NAME;
    private static final String DATA = LRAConstants.NARAYANA_LRA_PARTICIPANT_DATA_HEADER_NAME;
    private static final String VERSION = LRAConstants.NARAYANA_LRA_API_VERSION_HEADER_NAME;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Override
    String[] kind() {
        return new String[] {
            "caravan.lra.coordinator.kind=log",
            "caravan.lra.coordinator.log.kafka.bootstrap.servers=" + kafka.bootstrapServers()
        };
    }

    @Test
    void servesAnLraFromAnyInstance() {
        try (ConfigurableApplicationContext other = start(Application.class)) {
            LraClient there = client(port(other), other);
            String lra = client.start();
            String thereToo = lra.replaceFirst(":[0-9]+/", ":" + port(other) + "/");
            client.join(lra, participants.link("one", "compensate"));
            there.join(thereToo, participants.link("two", "compensate"));
            client.join(lra, participants.link("three", "compensate"));

            assertThat(there.cancel(thereToo).body()).isEqualTo("Cancelled");

            assertThat(participants.calls()).containsExactly("three/compensate", "two/compensate", "one/compensate");
            assertThat(client.status(lra).statusCode()).isEqualTo(404);
            assertThat(there.status(thereToo).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void sendsAParticipantAlongWhatTheOneWhoClosesHasForIt() {
        List<String> data = new CopyOnWriteArrayList<>();
        for (String name : List.of("one", "two")) {
            participants.answer(name + "/complete", callback -> {
                data.add(name + " " + callback.getRequestHeaders().getFirst(DATA));
                return "200";
            });
        }
        String lra = client.start();
        client.join(lra, participants.link("one", "compensate", "complete"));
        client.join(lra, participants.link("two", "compensate", "complete"));

        String link = participants.link("one", "compensate", "complete");
        assertThat(client.close(lra, Map.of(LINK, link, DATA, "paid")).body()).isEqualTo("Closed");

        assertThat(data).containsExactly("two null", "one paid");
    }

    @Test
    void acceptsACloseThatGoesOnOfWhoKnowsOfThat() {
        participants.answer("busy/complete", callback -> "503");
        String lra = client.start();
        client.join(lra, participants.link("busy", "compensate", "complete"));

        HttpResponse<String> accepted = client.close(lra, Map.of(VERSION, "2.0"));

        assertThat(accepted.statusCode()).isEqualTo(202);
        assertThat(accepted.body()).isEqualTo("Closing");
        assertThat(accepted.headers().firstValue("Location")).hasValue(lra + "/status");
        assertThat(client.close(lra, Map.of(VERSION, "1.2")).statusCode()).isEqualTo(200);
        participants.answer("busy/complete", callback -> "200");
        await().until(() -> client.status(lra).statusCode() == 404);
    }

    @Test
    void refusesToNestAnLraInOneOfElsewhere() {
        for (String parent : List.of("http://elsewhere/lra-coordinator/0_ffff7f000001_1", unknown())) {
            assertThat(client.startNested(parent)).contains("There is no LRA " + parent + " in this log");
        }
    }

    private static String unknown() {
        return "http://elsewhere/lra-coordinator/" + "0".repeat(32);
    }
}
