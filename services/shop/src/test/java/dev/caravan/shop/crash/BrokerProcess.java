package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.shop.JavaProcess;
import dev.caravan.testing.ThreeBrokers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A broker in a process of its own: Kafka halts its process when its disk fails. */
final class BrokerProcess {

    private BrokerProcess() {}

    /** Of {@link ThreeBrokers}. */
    static ThreeBrokers.Running start(EmbeddedKafkaOptions options) {
        List<String> program = new ArrayList<>(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                BrokerProcess.class.getName(),
                options.directory().toString(),
                Integer.toString(options.port())));
        options.brokerProperties().forEach((name, value) -> program.add(name + "=" + value));
        JavaProcess process = JavaProcess.startProgram(options.directory().resolveSibling("output"), program, Map.of());
        await().until(() -> !process.isAlive() || isOpen(options.port()));
        assertThat(process.isAlive()).as("%s", process.standardError()).isTrue();
        return process::terminate;
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** @param arguments directory, port, and properties of the broker as {@code name=value} */
    public static void main(String[] arguments) {
        EmbeddedKafkaOptions options =
                EmbeddedKafkaOptions.in(Path.of(arguments[0])).withPort(Integer.parseInt(arguments[1]));
        for (String property : List.of(arguments).subList(2, arguments.length)) {
            int equals = property.indexOf('=');
            options = options.with(property.substring(0, equals), property.substring(equals + 1));
        }
        EmbeddedKafka broker = EmbeddedKafka.start(options);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    }
}
