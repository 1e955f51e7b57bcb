package dev.caravan.saga.main;

import dev.caravan.saga.camel.OnlyService;
import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.camel.UnnamedRoutes;
import java.util.Locale;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Caravan in camel-main, or in any Camel runtime without Spring, in mode {@code log}. Needs one line in
 * {@code application.properties}:
 *
 * <pre>{@code camel.main.configurationClasses = dev.caravan.saga.main.CaravanConfiguration}</pre>
 *
 * <p>Kafka is that of the component {@code kafka}; the settings {@code caravan.*} are read from Camel's properties. The
 * name of the Camel context ({@code camel.main.name}) is the name of the application: instances of the same name share
 * their sagas, and it has to stay the same; without one, the start is refused. A participant needs an inbox in the
 * registry, or {@code idempotent=true}.
 */
public final class CaravanConfiguration implements CamelConfiguration {

    private static final String COORDINATOR = "caravan.coordinator";

    /** Begins when all properties are known, and before routes start; nothing is done for {@code caravan.coordinator=none}. */
    @Override
    public void configure(CamelContext context) throws Exception {
        String coordinator = context.getPropertiesComponent()
                .resolveProperty(COORDINATOR)
                .map(value -> value.toLowerCase(Locale.ROOT))
                .orElse("log");
        if (coordinator.equals("none")) {
            return;
        }
        if (!coordinator.equals("log")) {
            throw new StartRefusedException(
                    "%s=%s is not possible without Spring Boot.".formatted(COORDINATOR, coordinator),
                    "Set it to log, or leave it out; or add caravan-spring-boot-starter.");
        }
        OnlyService.guard(context);
        UnnamedRoutes.remember(context);
        Choreography.prepare(context);
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextInitializing(CamelContext initializing) {
                try {
                    new KafkaSagas(initializing).add();
                } catch (StartRefusedException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException("Caravan cannot start: " + e.getMessage(), e);
                }
            }
        });
    }
}
