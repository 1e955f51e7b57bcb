package dev.caravan.saga.camel;

import org.apache.camel.support.DefaultComponent;

/** A component whose endpoints need beans of the registry. */
abstract class RegistryComponent extends DefaultComponent {

    private final String scheme;

    RegistryComponent(String scheme) {
        this.scheme = scheme;
    }

    /** The one bean of a type that the endpoints need. */
    <T> T required(Class<T> type) {
        return required(scheme, type);
    }

    /** @param who needs it, for the message */
    <T> T required(String who, Class<T> type) {
        T bean = getCamelContext().getRegistry().findSingleByType(type);
        if (bean == null) {
            throw new IllegalStateException(
                    "%s needs one bean of type %s in the registry, as Caravan's auto-configuration provides it"
                            .formatted(who, type.getName()));
        }
        return bean;
    }
}
