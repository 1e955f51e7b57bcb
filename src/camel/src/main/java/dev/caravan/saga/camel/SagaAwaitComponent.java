package dev.caravan.saga.camel;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;

/** {@code saga-await:<what>}: a step of a saga that waits for a person or an event. */
@Component("saga-await")
public class SagaAwaitComponent extends RegistryComponent {

    public SagaAwaitComponent() {
        super("saga-await");
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (remaining.isBlank() || remaining.contains("/")) {
            throw new IllegalArgumentException(
                    "Expected saga-await:<what>, for instance saga-await:approval?timeout=48h, not saga-await:"
                            + remaining);
        }
        SagaAwaitEndpoint endpoint = new SagaAwaitEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
