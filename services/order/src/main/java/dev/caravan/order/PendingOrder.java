package dev.caravan.order;

/** An order whose saga has started and has not recorded it yet. */
public record PendingOrder(PricedOrder order, String sagaId) {}
