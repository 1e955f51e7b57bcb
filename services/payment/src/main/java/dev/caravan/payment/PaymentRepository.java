package dev.caravan.payment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One payment for each order. Every method is one statement: a state is written only over the one it follows. */
class PaymentRepository {

    private final JdbcClient jdbc;
    private final Clock clock;

    PaymentRepository(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    Optional<Payment> findByOrder(String orderId) {
        return jdbc.sql("""
                        select payment_id, order_id, idempotency_key, amount, currency, card_last4, status,
                          gateway_reference, created_at
                        from payments.payments where order_id = :orderId
                        """)
                .param("orderId", orderId)
                .query((row, number) -> payment(row))
                .optional();
    }

    private static Payment payment(ResultSet row) throws SQLException {
        return new Payment(
                row.getString("payment_id"),
                row.getString("order_id"),
                row.getString("idempotency_key"),
                new Money(row.getBigDecimal("amount"), row.getString("currency")),
                row.getString("card_last4"),
                PaymentStatus.valueOf(row.getString("status")),
                row.getString("gateway_reference"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    /** Writes down that a payment begins; the one that exists already stays as it is and is returned. */
    Payment begin(ProcessPayment command, String idempotencyKey) {
        jdbc.sql("""
                        insert into payments.payments (payment_id, order_id, idempotency_key, amount, currency,
                          card_last4, status, created_at, updated_at)
                        values (:paymentId, :orderId, :idempotencyKey, :amount, :currency, :cardLast4, 'PROCESSING', :now, :now)
                        on conflict do nothing
                        """)
                .param("paymentId", UUID.randomUUID().toString())
                .param("orderId", command.orderId())
                .param("idempotencyKey", idempotencyKey)
                .param("amount", command.money().amount())
                .param("currency", command.money().currency())
                .param("cardLast4", command.cardLast4())
                .param("now", now())
                .update();
        return findByOrder(command.orderId()).orElseThrow();
    }

    /** @return false if the payment is not PROCESSING any more */
    boolean complete(String orderId, String gatewayReference) {
        return jdbc.sql("""
                                update payments.payments
                                set status = 'COMPLETED', gateway_reference = :reference, updated_at = :now
                                where order_id = :orderId and status = 'PROCESSING'
                                """)
                        .param("orderId", orderId)
                        .param("reference", gatewayReference)
                        .param("now", now())
                        .update()
                == 1;
    }

    void decline(String orderId) {
        move(orderId, PaymentStatus.PROCESSING, PaymentStatus.DECLINED);
    }

    /** @return false if the payment has left the state it was in */
    boolean move(String orderId, PaymentStatus from, PaymentStatus to) {
        return jdbc.sql("""
                                update payments.payments set status = :to, updated_at = :now
                                where order_id = :orderId and status = :from
                                """)
                        .param("orderId", orderId)
                        .param("from", from.name())
                        .param("to", to.name())
                        .param("now", now())
                        .update()
                == 1;
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
