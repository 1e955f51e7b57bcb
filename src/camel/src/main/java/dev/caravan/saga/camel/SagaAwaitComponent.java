package dev.caravan.saga.camel;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** {@code saga-await:<what>}: a step of a saga that waits for a person or an event. */
@Component("saga-await")
public class SagaAwaitComponent extends DefaultComponent {

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

    /** The one bean of a type that the endpoints need. */
    <T> T required(Class<T> type) {
        T bean = getCamelContext().getRegistry().findSingleByType(type);
        if (bean == null) {
            throw new IllegalStateException(
                    "saga-await needs one bean of type %s in the registry, as Caravan's auto-configuration provides it"
                            .formatted(type.getName()));
        }
        return bean;
    }
}
