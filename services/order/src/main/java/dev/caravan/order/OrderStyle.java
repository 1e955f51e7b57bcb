package dev.caravan.order;

import java.util.List;

/** How the services work an order off together. */
public enum OrderStyle {
    /** A saga route commands the services. */
    ORCHESTRATION("order-saga"),
    /** The services react to each other's events. */
    CHOREOGRAPHY("order-saga-by-events");

    private final String saga;

    OrderStyle(String saga) {
        this.saga = saga;
    }

    /** The name of the saga's route. */
    String saga() {
        return saga;
    }

    /** @throws InvalidOrderException there is no such style */
    static OrderStyle of(String name) {
        for (OrderStyle style : values()) {
            if (style.name().equalsIgnoreCase(name)) {
                return style;
            }
        }
        throw new InvalidOrderException(
                List.of(new FieldProblem("style", "must be orchestration or choreography, not " + name)));
    }
}
