package dev.caravan.order;

/**
 * An order whose saga has started and which is not recorded.
 *
 * @param status CANCELLED if the saga was undone before it recorded the order, or else PENDING
 */
public record PendingOrder(PricedOrder order, String sagaId, OrderStatus status) {}
