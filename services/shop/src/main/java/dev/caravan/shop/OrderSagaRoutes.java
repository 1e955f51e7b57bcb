package dev.caravan.shop;

import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;

/** Loads the order saga, orchestrated and by events, in the notation that was chosen, before the other routes start. */
final class OrderSagaRoutes implements CamelContextConfiguration {

    private final OrderNotation notation;

    OrderSagaRoutes(OrderNotation notation) {
        this.notation = notation;
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {
        try {
            notation.addTo(context);
        } catch (Exception e) {
            throw new IllegalStateException("The order saga cannot be loaded in " + notation, e);
        }
    }

    @Override
    public void afterApplicationStart(CamelContext context) {}
}
