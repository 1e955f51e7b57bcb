package dev.caravan.saga.main;

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
 * their sagas, and it has to stay the same. A participant needs an inbox in the registry, or {@code idempotent=true}.
 */
public final class CaravanConfiguration implements CamelConfiguration {

    /** Begins when all properties are known, and before routes start. */
    @Override
    public void configure(CamelContext context) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextInitializing(CamelContext initializing) {
                try {
                    new KafkaSagas(initializing).add();
                } catch (Exception e) {
                    throw new IllegalStateException("Caravan cannot start: " + e.getMessage(), e);
                }
            }
        });
    }
}
