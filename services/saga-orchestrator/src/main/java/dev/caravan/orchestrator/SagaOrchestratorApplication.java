package dev.caravan.orchestrator;

import dev.caravan.cli.Caravan;
import dev.caravan.launcher.Launcher;
import java.util.Arrays;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * The orchestrator in a process of its own. Its settings are in {@code saga-orchestrator.properties}. With {@code cli} as the first
 * argument it is the command line instead.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SagaOrchestratorApplication {

    private static final String COMMAND_LINE = "cli";

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(COMMAND_LINE)) {
            Caravan.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        new Launcher("The saga orchestrator", application()).start(arguments);
    }

    static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(SagaOrchestratorApplication.class)
                .properties("spring.config.name=saga-orchestrator")
                .initializers(new RoutesOption());
    }
}
