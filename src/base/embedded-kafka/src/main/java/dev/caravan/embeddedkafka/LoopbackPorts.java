package dev.caravan.embeddedkafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports of the loopback interface. */
public final class LoopbackPorts {

    private static final int FIRST = 20_000;
    private static final int LAST = 32_767;
    private static final AtomicInteger NEXT = new AtomicInteger(new SecureRandom().nextInt(LAST - FIRST + 1));

    private LoopbackPorts() {}

    /**
     * A port for who will listen there some time later, as a process that has to start does. It is none of those that a
     * system gives to whoever asks for any port or connects to somebody, and none that this JVM was given before, as long as
     * there are others.
     */
    public static int free() {
        for (int tried = FIRST; tried <= LAST; tried++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), LAST - FIRST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("All ports from %d to %d are in use".formatted(FIRST, LAST));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (BindException e) {
            return false;
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
