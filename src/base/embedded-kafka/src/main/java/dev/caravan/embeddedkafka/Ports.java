package dev.caravan.embeddedkafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of the loopback interface. */
final class Ports {

    private Ports() {}

    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails before Kafka is started, because Kafka halts the JVM over some ports. */
    static void requireFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (BindException e) {
            throw new EmbeddedKafkaException(
                    "Port " + port + " is in use, so the embedded Kafka broker cannot listen there: stop what uses it,"
                            + " or choose another port (0 takes any free one)",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
