package dev.caravan.order;

/** Stands in where nobody carries orders out: an order service of its own shows orders and takes none. */
class NoOrderSagas implements OrderSagas {

    @Override
    public StartedOrderSaga start(PricedOrder order, OrderStyle style) {
        throw new IllegalStateException("There is no OrderSagas bean in this process; send orders to the orchestrator");
    }
}
