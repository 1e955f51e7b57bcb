package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** An application has the coordinator inside, one application after another in this JVM. */
class EmbeddedCoordinatorTest {

    @TempDir
    Path store;

    final Participants participants = new Participants();
    private ConfigurableApplicationContext application;
    LraClient client;

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}

    @BeforeEach
    void start() {
        application = start(Application.class);
        client = client(port(), application);
    }

    ConfigurableApplicationContext start(Class<?> what) {
        return new SpringApplicationBuilder(what)
                .properties(kind())
                .properties(
                        "caravan.lra.coordinator.embedded=true",
                        "caravan.lra.coordinator.store-dir=" + store,
                        "caravan.lra.coordinator.recovery-period=100ms",
                        "server.address=127.0.0.1",
                        "server.port=0",
                        "logging.level.root=WARN",
                        "logging.level.com.arjuna=ERROR",
                        "spring.main.banner-mode=off")
                .run();
    }

    /** The settings that choose it. */
    String[] kind() {
        return new String[] {"caravan.lra.coordinator.kind=narayana"};
    }

    /** Those who are outside use HTTP. */
    LraClient client(int port, ConfigurableApplicationContext application) {
        return new LraClient(port);
    }

    @AfterEach
    void nothingIsLeft() {
        try {
            await().untilAsserted(() -> assertThat(client.list()).isEmpty());
        } finally {
            application.close();
            participants.close();
        }
    }

    @Test
    void closesAnLraWhoseParticipantsCanOnlyCompensate() {
        String lra = client.start();
        assertThat(client.join(lra, participants.link("one", "compensate")).statusCode())
                .isEqualTo(200);
        assertThat(client.join(lra, participants.link("two", "compensate", "complete"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.list()).containsExactly(Map.entry(lra, "Active"));

        assertThat(client.close(lra).body()).isEqualTo("Closed");

        assertThat(participants.calls()).containsExactly("two/complete");
        assertThat(client.status(lra).statusCode()).isEqualTo(404);
        assertThat(client.close(lra).statusCode()).isEqualTo(404);
    }

    @Test
    void compensatesInReverseOrderOfEnlistment() {
        String lra = client.start();
        for (String name : new String[] {"one", "two", "three"}) {
            client.join(lra, participants.link(name, "compensate"));
        }

        assertThat(client.cancel(lra).body()).isEqualTo("Cancelled");

        assertThat(participants.calls()).containsExactly("three/compensate", "two/compensate", "one/compensate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"503", "202", "404", "500"})
    void asksNobodyToCompensateWhileALaterParticipantHasNot(String notYet) {
        participants.answer("three/compensate", callback -> notYet);
        participants.answer("three/status", callback -> "200 Compensating");
        String lra = client.start();
        for (String name : new String[] {"one", "two", "three"}) {
            client.join(lra, participants.link(name, "compensate", "status"));
        }
        assertThat(client.cancel(lra).body()).isEqualTo("Cancelling");
        await().until(() -> participants.calls("three/status").size() > 1);
        assertThat(participants.calls("one")).isEmpty();
        assertThat(participants.calls("two")).isEmpty();

        participants.answer("three/status", callback -> "200 Compensated");

        await().until(() -> client.status(lra).statusCode() == 404);
        assertThat(participants.calls().stream().filter(call -> !call.startsWith("three")))
                .containsExactly("two/compensate", "one/compensate");
    }

    @Test
    void asksNobodyToCompensateWhileALaterParticipantIsNotReached() {
        participants.answer("two/compensate", callback -> "503");
        String lra = client.start();
        client.join(lra, participants.link("one", "compensate"));
        client.join(lra, participants.link("two", "compensate"));
        assertThat(client.cancel(lra).body()).isEqualTo("Cancelling");
        await().until(() -> participants.calls().size() > 2);
        String restarted = restart(lra);
        participants.answer("two/compensate", callback -> "200");

        await().until(() -> client.status(restarted).statusCode() == 404);

        assertThat(participants.calls("one")).hasSize(1);
        assertThat(participants.calls()).endsWith("two/compensate", "one/compensate");
    }

    @Test
    void goesOnToTheOtherCompletionsWhileOneIsNotDone() {
        participants.answer("two/complete", callback -> "503");
        String lra = client.start();
        client.join(lra, participants.link("one", "compensate", "complete"));
        client.join(lra, participants.link("two", "compensate", "complete"));

        assertThat(client.close(lra).body()).isEqualTo("Closing");

        assertThat(participants.calls()).contains("one/complete");
        participants.answer("two/complete", callback -> "200");
        await().until(() -> client.status(lra).statusCode() == 404);
    }

    @Test
    void waitsForASlowParticipantInsteadOfCallingItTwice() {
        participants.answer("slow/compensate", callback -> {
            new CountDownLatch(1).await(3, TimeUnit.SECONDS); // longer than the two seconds of Narayana
            return "200";
        });
        String lra = client.start();
        client.join(lra, participants.link("slow", "compensate"));

        assertThat(client.cancel(lra).body()).isEqualTo("Cancelled");

        assertThat(participants.calls()).containsExactly("slow/compensate");
    }

    @Test
    void doesNotCompensateAnLraThatIsClosing() {
        participants.answer("busy/complete", callback -> "202");
        participants.answer("busy/status", callback -> "200 Completing");
        String lra = client.start();
        client.join(lra, participants.link("busy", "compensate", "complete", "status"));
        assertThat(client.close(lra).body()).isEqualTo("Closing");

        assertThat(client.cancel(lra).body()).isEqualTo("Closing");
        assertThat(client.join(lra, participants.link("late", "compensate")).statusCode())
                .isEqualTo(412);

        participants.answer("busy/status", callback -> "200 Completed");
        await().until(() -> client.status(lra).statusCode() == 404);
        assertThat(participants.calls())
                .containsOnlyOnce("busy/complete")
                .doesNotContain("busy/compensate", "late/compensate");
    }

    @Test
    void answersWhileAParticipantOfTheSameLraIsBeingCalled() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        participants.answer("slow/complete", callback -> {
            called.countDown();
            go.await();
            return "200";
        });
        String lra = client.start();
        client.join(lra, participants.link("slow", "compensate", "complete"));
        var close = CompletableFuture.supplyAsync(() -> client.close(lra).body());
        assertThat(called.await(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();

        assertThat(client.status(lra).body()).isEqualTo("Closing");
        assertThat(client.close(lra).body()).isEqualTo("Closing");
        assertThat(client.cancel(lra).body()).isEqualTo("Closing");

        go.countDown();
        assertThat(close.get(HangLimit.SECONDS, TimeUnit.SECONDS)).isEqualTo("Closed");
    }

    @Test
    void compensatesAtTheTimeLimitOfAJoin() {
        String lra = client.start();
        assertThat(client.join(lra + "?TimeLimit=300", participants.link("one", "compensate"))
                        .statusCode())
                .isEqualTo(200);

        await().until(() -> client.status(lra).statusCode() == 404);

        assertThat(participants.calls()).containsExactly("one/compensate");
    }

    @Test
    void forgetsAnLraThatExpiresWithoutParticipants() {
        String lra = client.start(Duration.ofMillis(200));

        await().until(() -> client.status(lra).statusCode() == 404);
    }

    @Test
    void refusesAParticipantWithoutACallback() {
        String lra = client.start();

        assertThat(client.join(lra, null).statusCode()).isEqualTo(400);
        assertThat(client.join(lra, participants.link("one", "complete")).statusCode())
                .isEqualTo(400);

        assertThat(client.close(lra).body()).isEqualTo("Closed");
    }

    @Test
    void callsAParticipantAgainThatWasNotThere() {
        participants.answer("down/compensate", callback -> "503");
        String lra = client.start();
        client.join(lra, participants.link("down", "compensate"));

        assertThat(client.cancel(lra).body()).isEqualTo("Cancelling");
        await().until(() -> participants.calls().size() > 1);
        participants.answer("down/compensate", callback -> "200");

        await().until(() -> client.status(lra).statusCode() == 404);
    }

    @Test
    void endsManyLrasOnceWhileRecoveryRuns() {
        List<CompletableFuture<Void>> sagas = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            int number = i;
            sagas.add(CompletableFuture.runAsync(() -> {
                String lra = client.start(Duration.ofMinutes(1));
                client.join(lra, participants.link("a" + number, "compensate", "complete"));
                client.join(lra, participants.link("b" + number, "compensate", "complete"));
                boolean close = number % 2 == 0;
                assertThat((close ? client.close(lra) : client.cancel(lra)).body())
                        .isEqualTo(close ? "Closed" : "Cancelled");
            }));
        }
        sagas.forEach(CompletableFuture::join);

        assertThat(participants.calls()).hasSize(300).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closesAnLraAlthoughOneNestedInItWasCancelled(boolean restart) {
        String outer = client.start();
        client.join(outer, participants.link("outer", "compensate", "complete"));
        String nested = client.startNested(outer);
        client.join(nested, participants.link("nested", "compensate", "complete"));
        client.cancel(nested);
        assertThat(participants.calls()).containsExactly("nested/compensate");
        if (restart) {
            outer = restart(outer);
        }

        assertThat(client.close(outer).body()).isEqualTo("Closed");

        assertThat(participants.calls()).containsExactly("nested/compensate", "outer/complete");
        assertThat(client.failed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void endsANestedLraThatWasClosedAsItsOuterOneEnds(boolean cancel, boolean restart) {
        String outer = client.start();
        client.join(outer, participants.link("outer", "compensate", "complete"));
        String nested = client.startNested(outer);
        client.join(nested, participants.link("nested", "compensate", "complete", "forget"));
        assertThat(client.close(nested).statusCode()).isEqualTo(200);
        if (restart) {
            outer = restart(outer);
        }

        String end = (cancel ? client.cancel(outer) : client.close(outer)).body();

        assertThat(end).isIn(cancel ? "Cancelled" : "Closed", cancel ? "Cancelling" : "Closing");
        String id = outer;
        await().until(() -> client.status(id).statusCode() == 404);
        assertThat(participants.calls()).contains("nested/complete", cancel ? "outer/compensate" : "outer/complete");
        assertThat(participants.calls().contains("nested/compensate")).isEqualTo(cancel);
        assertThat(participants.calls().contains("nested/forget")).isEqualTo(!cancel);
        assertThat(client.failed()).isEmpty();
    }

    /** Another coordinator on the same store, at another port. */
    private String restart(String lra) {
        String before = "127.0.0.1:" + port();
        application.close();
        start();
        return lra.replace(before, "127.0.0.1:" + port());
    }

    private int port() {
        return port(application);
    }

    static int port(ConfigurableApplicationContext application) {
        return ((WebServerApplicationContext) application).getWebServer().getPort();
    }

    @Test
    void compensatesANestedLraThatWasClosedWithItsParent() {
        String parent = client.start();
        client.join(parent, participants.link("parent", "compensate", "complete"));
        String nested = client.startNested(parent);
        client.join(nested, participants.link("nested", "compensate", "complete"));
        client.close(nested);
        assertThat(participants.calls()).containsExactly("nested/complete");
        client.recovering();

        assertThat(client.cancel(parent).body()).isEqualTo("Cancelled");

        assertThat(participants.calls())
                .containsExactlyInAnyOrder("nested/complete", "parent/compensate", "nested/compensate");
    }
}
