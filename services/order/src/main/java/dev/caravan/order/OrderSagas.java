package dev.caravan.order;

import java.util.Optional;

/** Whoever carries orders out. The order service takes orders only when there is such a bean. */
public interface OrderSagas {

    /**
     * Starts to carry an order out, without blocking. A start that cannot begin at all may throw, with the same
     * meaning as a {@link StartedOrderSaga#sagaId()} that fails: nothing was started.
     */
    StartedOrderSaga start(PricedOrder order, OrderStyle style);

    /** Finds an order that was started and is not in the order service's table yet. */
    default Optional<PendingOrder> pending(String orderId) {
        return Optional.empty();
    }
}
