package dev.caravan.saga.camel;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;

/** {@code saga-signal:<name>}: tells a saga what one of its steps waits for, or will. */
@Component("saga-signal")
public class SagaSignalComponent extends RegistryComponent {

    public SagaSignalComponent() {
        super("saga-signal");
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (remaining.isBlank() || remaining.contains("/")) {
            throw new IllegalArgumentException(
                    "Expected saga-signal:<name>, for instance saga-signal:approval, not saga-signal:" + remaining);
        }
        SagaSignalEndpoint endpoint = new SagaSignalEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
