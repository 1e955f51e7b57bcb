package dev.caravan.saga.camel;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;

/**
 * {@code saga-command:<service>/<Command>}: as a producer, an asynchronous command to a participant and its reply over
 * Kafka; as a consumer, the participant. Uses the Kafka settings of the component {@code kafka}.
 */
@Component("saga-command")
public class SagaCommandComponent extends RegistryComponent {

    public SagaCommandComponent() {
        super("saga-command");
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        String[] parts = remaining.split("/", -1);
        if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
            throw new IllegalArgumentException(
                    "Expected saga-command:<service>/<Command>, for instance saga-command:payment-service/ProcessPayment,"
                            + " not saga-command:" + remaining);
        }
        SagaCommandEndpoint endpoint = new SagaCommandEndpoint(uri, this, parts[0], parts[1]);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
