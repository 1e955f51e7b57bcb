package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.LoopbackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatorProcessIT {

    private static final int SIGTERM_EXIT = 143;

    @TempDir
    Path directory;

    @Test
    void keepsWhatIsOpenOverASigtermAndTellsItsHealth() throws Exception {
        int port = LoopbackPorts.free();
        try (CoordinatorProcess coordinator = CoordinatorProcess.start(port, directory)) {
            LraClient client = new LraClient(port);
            String lra = client.start();

            String readiness = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            assertThat(readiness).contains("\"lraStore\":{\"status\":\"UP\",\"details\":{\"Active\":1}}");

            // it says so after it has begun to answer
            await().until(() -> !coordinator.output().isEmpty());
            assertThat(coordinator.terminate()).isEqualTo(SIGTERM_EXIT);
            assertThat(coordinator.output())
                    .singleElement()
                    .asString()
                    .contains("LRA coordinator on port " + port, directory.toString(), "0 LRAs not finished");

            try (CoordinatorProcess again = CoordinatorProcess.start(port, directory)) {
                assertThat(client.list()).containsOnlyKeys(lra);
                await().until(() -> !again.output().isEmpty());
                assertThat(again.output()).singleElement().asString().contains("1 LRAs not finished");
                assertRefusesToShareItsStore();
            }
        }
    }

    private void assertRefusesToShareItsStore() {
        CoordinatorProcess second =
                CoordinatorProcess.launch(LoopbackPorts.free(), directory, "--store=" + directory.resolve("store"));

        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.output()).singleElement().asString().contains("another coordinator is using it", "--store");
    }

    @Test
    void saysInOneLineThatThePortIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CoordinatorProcess coordinator =
                    CoordinatorProcess.launch(taken.getLocalPort(), directory, "--store=" + directory.resolve("store"));

            assertThat(coordinator.exitCode()).isEqualTo(1);
            assertThat(coordinator.output())
                    .containsExactly("LRA coordinator: cannot start: port %d is in use; choose another with --port"
                            .formatted(taken.getLocalPort()));
        }
    }

    @Test
    void saysInOneLineThatTheStoreCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        CoordinatorProcess coordinator =
                CoordinatorProcess.launch(LoopbackPorts.free(), directory, "--store=" + file.resolve("store"));

        assertThat(coordinator.exitCode()).isEqualTo(1);
        assertThat(coordinator.output()).singleElement().asString().contains("cannot start: LRA store " + file);
    }
}
