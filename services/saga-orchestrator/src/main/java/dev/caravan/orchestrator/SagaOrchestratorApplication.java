package dev.caravan.orchestrator;

import dev.caravan.launcher.Launcher;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The orchestrator in a process of its own. Its settings are in {@code saga-orchestrator.properties}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SagaOrchestratorApplication {

    public static void main(String[] arguments) {
        new Launcher("The saga orchestrator", application()).start(arguments);
    }

    static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(SagaOrchestratorApplication.class)
                .properties("spring.config.name=saga-orchestrator")
                .initializers(new RoutesOption());
    }
}
