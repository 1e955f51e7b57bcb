package com.example.orders;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.springframework.stereotype.Component;

/** The same order in Java; and the step that both have at their end. */
@Component
class OrderRoutes extends RouteBuilder {

    @Override
    public void configure() {
        from("direct:order-java")
                .routeId("order-java")
                .saga()
                .propagation(SagaPropagation.REQUIRES_NEW)
                .to("direct:pay")
                .to("direct:ship");
        from("direct:ship")
                .routeId("ship")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .to("bean:shop?method=ship(${body[id]}, ${body[country]})");
    }
}
