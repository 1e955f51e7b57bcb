package dev.caravan.coordinator.tck;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.lra.tck.TckTestBase;
import org.eclipse.microprofile.lra.tck.participant.api.NonParticipatingTckResource;
import org.eclipse.microprofile.lra.tck.participant.api.ResourceParent;
import org.eclipse.microprofile.lra.tck.service.spi.LRARecoveryService;
import org.jboss.arquillian.container.test.spi.client.deployment.ApplicationArchiveProcessor;
import org.jboss.arquillian.core.api.annotation.Observes;
import org.jboss.arquillian.core.spi.LoadableExtension;
import org.jboss.arquillian.test.spi.TestClass;
import org.jboss.arquillian.test.spi.event.suite.AfterSuite;
import org.jboss.arquillian.test.spi.event.suite.BeforeSuite;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** Runs the packaged coordinator beside each class of the TCK, and adds what the participants of the TCK lack. */
public class TckExtension implements LoadableExtension {

    /** Finds a hang, and decides nothing. */
    private static final Duration HANG_LIMIT = Duration.ofMinutes(5);

    @Override
    public void register(ExtensionBuilder builder) {
        builder.service(ApplicationArchiveProcessor.class, Deployment.class);
        builder.observer(Coordinator.class);
    }

    /** The classes that each deployment uses and none of them names. */
    public static class Deployment implements ApplicationArchiveProcessor {

        @Override
        public void process(Archive<?> archive, TestClass testClass) {
            if (archive instanceof WebArchive war) {
                war.addPackages(false, "org.eclipse.microprofile.lra");
                war.addClasses(
                        TckTestBase.class,
                        NonParticipatingTckResource.class,
                        ResourceParent.class,
                        RecoveryRequests.class);
                war.addAsServiceProvider(LRARecoveryService.class, RecoveryRequests.class);
            }
        }
    }

    /**
     * The coordinator as it is shipped: {@code java -jar}, with an empty store; of kind {@code log} if there are brokers,
     * with a topic of its own.
     */
    public static class Coordinator {

        private Process process;

        void start(@Observes BeforeSuite event) throws IOException {
            int port = Integer.getInteger("lra.coordinator.port");
            Path store = Path.of("target", "store-" + ProcessHandle.current().pid());
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    System.getProperty("lra.coordinator.jar"),
                    "--port=" + port,
                    "--store=" + store));
            String brokers = System.getProperty("lra.coordinator.brokers", "");
            if (!brokers.isEmpty()) {
                command.add("--caravan.lra.coordinator.kind=log");
                command.add("--caravan.lra.coordinator.log.topic=tck-" + UUID.randomUUID());
                command.add("--caravan.lra.coordinator.log.kafka.bootstrap.servers=" + brokers);
            }
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Path.of("target", "coordinator.log").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            URI readiness = URI.create("http://localhost:" + port + "/actuator/health/readiness");
            Awaitility.await().atMost(HANG_LIMIT).until(() -> isReady(readiness));
        }

        private boolean isReady(URI readiness) throws IOException {
            if (!process.isAlive()) {
                throw new IllegalStateException("The coordinator did not start; see target/coordinator.log");
            }
            try {
                return ((HttpURLConnection) readiness.toURL().openConnection()).getResponseCode() == 200;
            } catch (ConnectException e) {
                return false;
            }
        }

        void stop(@Observes AfterSuite event) throws InterruptedException {
            process.destroy();
            if (!process.waitFor(HANG_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
