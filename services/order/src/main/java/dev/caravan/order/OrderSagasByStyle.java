package dev.caravan.order;

import java.util.Optional;

/** Orders that are orchestrated are carried out elsewhere, those that are choreographed start in this process. */
class OrderSagasByStyle implements OrderSagas {

    private final OrderSagas orchestrated;
    private final OrderSagas choreographed;

    OrderSagasByStyle(OrderSagas orchestrated, OrderSagas choreographed) {
        this.orchestrated = orchestrated;
        this.choreographed = choreographed;
    }

    @Override
    public StartedOrderSaga start(PricedOrder order, OrderStyle style) {
        return (style == OrderStyle.ORCHESTRATION ? orchestrated : choreographed).start(order, style);
    }

    @Override
    public Optional<PendingOrder> pending(String orderId) {
        return orchestrated.pending(orderId).or(() -> choreographed.pending(orderId));
    }
}
