package dev.caravan.order;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The orders that were started last, without their cards. Thread-safe. */
final class StartedOrders {

    private static final int CAPACITY = 10_000;

    private final Map<String, PendingOrder> orders = new LinkedHashMap<>();

    /** @return the saga's id */
    synchronized String add(PricedOrder order, String sagaId) {
        orders.put(order.orderId(), new PendingOrder(order.paidWith(null), sagaId, OrderStatus.PENDING));
        if (orders.size() > CAPACITY) {
            orders.remove(orders.keySet().iterator().next());
        }
        return sagaId;
    }

    /** @return the status of the saga that was given */
    synchronized String ended(String orderId, String status) {
        if (status.equals("COMPENSATED")) {
            orders.computeIfPresent(
                    orderId,
                    (id, pending) -> new PendingOrder(pending.order(), pending.sagaId(), OrderStatus.CANCELLED));
        }
        return status;
    }

    synchronized Optional<PendingOrder> find(String orderId) {
        return Optional.ofNullable(orders.get(orderId));
    }
}
