package dev.caravan.order;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records orders, confirms and cancels them. Each call is one transaction, the caller's if there is one. A call that
 * was already carried out changes nothing and answers the same.
 */
@Transactional
public class Orders {

    private final OrderRepository orders;
    private final ProductRepository products;
    private final Clock clock;

    Orders(OrderRepository orders, ProductRepository products, Clock clock) {
        this.orders = orders;
        this.products = products;
        this.clock = clock;
    }

    /**
     * Records an order as PENDING.
     *
     * @param sagaId who carries the order out
     * @throws UnknownProductException nothing is recorded
     * @throws OrderExistsException another saga has this order
     */
    public OrderResult create(CreateOrder command, String sagaId) {
        Optional<Order> existing = orders.findAndLock(command.orderId());
        if (existing.isPresent()) {
            return again(existing.get(), sagaId);
        }
        requireKnownProducts(command);
        orders.insert(Order.create(command, sagaId, clock.instant()));
        return new OrderResult(command.orderId(), OrderStatus.PENDING);
    }

    private static OrderResult again(Order order, String sagaId) {
        if (!order.sagaId().equals(sagaId)) {
            throw new OrderExistsException("Order " + order.orderId() + " belongs to saga " + order.sagaId());
        }
        return new OrderResult(order.orderId(), order.status());
    }

    private void requireKnownProducts(CreateOrder command) {
        Map<String, Product> known = products.find(
                command.items().stream().map(OrderItem::productId).distinct().toList());
        for (OrderItem item : command.items()) {
            if (!known.containsKey(item.productId())) {
                throw new UnknownProductException("There is no product " + item.productId() + " on the price list");
            }
        }
    }

    /**
     * Makes an order final.
     *
     * @throws IllegalStateException the order is cancelled, or unknown
     */
    public OrderResult confirm(ConfirmOrder command) {
        return orders.findAndLock(command.orderId())
                .map(order -> become(order, OrderStatus.CONFIRMED))
                .orElseThrow(() -> new IllegalStateException(
                        "Order " + command.orderId() + " is unknown and cannot be confirmed; create it first"));
    }

    /**
     * Calls an order off, if there is one.
     *
     * @throws IllegalStateException the order is confirmed
     */
    public OrderResult cancel(CancelOrder command) {
        return orders.findAndLock(command.orderId())
                .map(order -> become(order, OrderStatus.CANCELLED))
                .orElseGet(() -> new OrderResult(command.orderId(), OrderStatus.CANCELLED));
    }

    private OrderResult become(Order order, OrderStatus status) {
        if (order.status().mayBecome(status, order.orderId())) {
            orders.setStatus(order.orderId(), status, clock.instant());
        }
        return new OrderResult(order.orderId(), status);
    }
}
