package dev.caravan.saga.camel;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code saga-command:<service>/<Command>}: as a producer, an asynchronous command to a participant and its reply over
 * Kafka; as a consumer, the participant. Uses the Kafka settings of the component {@code kafka}.
 */
@Component("saga-command")
public class SagaCommandComponent extends DefaultComponent {

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

    /** The one bean of a type that the endpoints need. */
    <T> T required(Class<T> type) {
        T bean = getCamelContext().getRegistry().findSingleByType(type);
        if (bean == null) {
            throw new IllegalStateException(
                    "saga-command needs one bean of type %s in the registry, as Caravan's auto-configuration provides it"
                            .formatted(type.getName()));
        }
        return bean;
    }
}
