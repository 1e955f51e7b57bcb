package dev.caravan.shop.crash;

import dev.caravan.coordinator.LraCoordinatorApplication;
import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.shop.JavaProcess;
import java.nio.file.Path;

/** The LRA coordinator in a process of its own. It can be killed or stopped, and comes back on its port, with its data. */
final class Coordinator implements AutoCloseable {

    private final Path directory;
    private final int port = LoopbackPorts.free();
    private JavaProcess process;

    Coordinator(Path directory) {
        this.directory = directory;
    }

    void start() {
        process = JavaProcess.startAlone(
                        directory,
                        LraCoordinatorApplication.class,
                        "--port=" + port,
                        "--store=" + directory.resolve("lra-coordinator"),
                        "--recovery-period=500ms")
                .ready(port);
    }

    int port() {
        return port;
    }

    void terminate() {
        process.terminate();
    }

    @Override
    public void close() {
        if (process != null) {
            process.kill();
        }
    }
}
