package dev.caravan.shop;

import dev.caravan.routes.InventoryService;
import dev.caravan.routes.OrderSaga;
import dev.caravan.routes.OrderService;
import dev.caravan.routes.PaymentService;
import dev.caravan.routes.ShippingService;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The notation in which the order saga is loaded, orchestrated and by events. All of them say the same. */
enum OrderNotation {
    XML("orchestration/order-saga.camel.xml"),
    /** By events, the saga is not written in YAML: it is loaded from XML. */
    YAML("orchestration/order-saga.camel.yaml"),
    /** Compiled with the build: a Java compiler sees no classes in a jar of jars. */
    JAVA(null) {
        @Override
        void addTo(CamelContext context) throws Exception {
            for (RoutesBuilder routes : List.of(
                    new OrderSaga(),
                    new OrderService(),
                    new PaymentService(),
                    new InventoryService(),
                    new ShippingService())) {
                context.addRoutes(routes);
            }
        }
    };

    private static final List<String> BY_EVENTS = List.of(
            "choreography/order-service.camel.xml",
            "choreography/payment-service.camel.xml",
            "choreography/inventory-service.camel.xml",
            "choreography/shipping-service.camel.xml");

    private final String orchestrated;

    OrderNotation(String orchestrated) {
        this.orchestrated = orchestrated;
    }

    void addTo(CamelContext context) throws Exception {
        load(context, orchestrated);
        for (String file : BY_EVENTS) {
            load(context, file);
        }
    }

    private static void load(CamelContext context, String file) throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.resolveMandatoryResource(context, "classpath:routes/" + file));
    }
}
