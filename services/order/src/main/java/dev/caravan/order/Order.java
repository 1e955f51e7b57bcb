package dev.caravan.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * An order as it is recorded and shown.
 *
 * @param createdAt {@code null} while the order is not recorded yet, as is {@code updatedAt}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(description = "An order and what has become of it")
record Order(
        String orderId,

        @Schema(description = "The saga that carries the order out")
        String sagaId,

        String userId,

        @Schema(description = "PENDING until the saga has ended, then CONFIRMED or CANCELLED")
        OrderStatus status,

        @Schema(example = "25.00") BigDecimal total,
        @Schema(example = "EUR") String currency,
        @Schema(example = "DE") String country,
        List<OrderItem> items,
        Instant createdAt,
        Instant updatedAt) {

    Order {
        items = List.copyOf(items);
    }

    static Order create(CreateOrder command, String sagaId, Instant now) {
        return new Order(
                command.orderId(),
                sagaId,
                command.userId(),
                OrderStatus.PENDING,
                command.money().amount(),
                command.currency(),
                command.country(),
                command.items(),
                now,
                now);
    }

    static Order pending(PendingOrder pending) {
        PricedOrder order = pending.order();
        return new Order(
                order.orderId(),
                pending.sagaId(),
                order.userId(),
                pending.status(),
                order.total(),
                order.currency(),
                order.country(),
                order.items(),
                null,
                null);
    }
}
