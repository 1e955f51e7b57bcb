package dev.caravan.routes;

import dev.caravan.saga.test.SagaScenario;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A way in which the order saga is written down. */
enum Notation {
    XML("order-saga.camel.xml"),
    YAML("order-saga.camel.yaml"),
    /** Compiled when it is loaded, as Camel K does it. */
    JAVA("OrderSaga.java"),
    /** Compiled by Maven. */
    COMPILED(null);

    private final String file;

    Notation(String file) {
        this.file = file;
    }

    void addTo(CamelContext context) throws Exception {
        if (file == null) {
            context.addRoutes(new OrderSaga());
        } else {
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.resolveMandatoryResource(context, uri()));
        }
    }

    private String uri() {
        return "file:" + Path.of("orchestration", file).toAbsolutePath();
    }

    SagaScenario scenario() {
        return SagaScenario.of(this::addTo);
    }
}
