package dev.caravan.compatibility.quarkus;

import dev.caravan.routes.OrderSaga;
import org.apache.camel.builder.RouteBuilder;

/** The order saga in Java, unless a file has it. */
public class JavaNotation extends RouteBuilder {

    @Override
    public void configure() throws Exception {
        if (getContext().resolvePropertyPlaceholders("{{orders.notation:java}}").equals("java")) {
            getContext().addRoutes(new OrderSaga());
        }
    }
}
