package dev.caravan.shop;

import dev.caravan.embeddedkafka.EmbeddedKafkaException;
import java.io.PrintStream;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;

/**
 * The shop in one process. Its settings are in {@code shop.properties}.
 *
 * <p>Exit codes: 1 if it cannot start, with one line that says why; 143 after SIGTERM.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ShopConfiguration.class)
public class ShopApplication {

    private static final int CANNOT_START = 1;

    public static void main(String[] arguments) {
        int exit = run(System.err, arguments);
        if (exit != 0) {
            System.exit(exit);
        }
    }

    static int run(PrintStream err, String... arguments) {
        try {
            builder().run(arguments);
            return 0;
        } catch (RuntimeException e) {
            err.println("The shop cannot start: " + reason(e));
            return CANNOT_START;
        }
    }

    static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(ShopApplication.class)
                .properties("spring.config.name=shop")
                .initializers(new EmbeddedKafkaInitializer());
    }

    private static String reason(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PortInUseException inUse) {
                return "port %d is in use. Choose another with --server.port=<port>".formatted(inUse.getPort());
            }
            if (cause instanceof EmbeddedKafkaException) {
                return cause.getMessage();
            }
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException
                    && cause.getStackTrace().length > 0
                    && cause.getStackTrace()[0].getClassName().startsWith("dev.caravan.")) {
                root = cause;
            }
        }
        String text = root.getMessage() == null ? root.toString() : root.getMessage();
        return text.lines().findFirst().orElse(text);
    }
}
