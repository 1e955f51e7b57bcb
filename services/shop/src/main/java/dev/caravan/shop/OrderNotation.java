package dev.caravan.shop;

import dev.caravan.routes.OrderSaga;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The notation in which the orchestrated order saga is loaded. All of them say the same. */
enum OrderNotation {
    XML("order-saga.camel.xml"),
    YAML("order-saga.camel.yaml"),
    /** Compiled with the build: a Java compiler sees no classes in a jar of jars. */
    JAVA(null);

    private final String file;

    OrderNotation(String file) {
        this.file = file;
    }

    void addTo(CamelContext context) throws Exception {
        if (file == null) {
            context.addRoutes(new OrderSaga());
        } else {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(
                            ResourceHelper.resolveMandatoryResource(context, "classpath:routes/orchestration/" + file));
        }
    }
}
