package dev.caravan.payment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** The sandbox's books: one row for each idempotency key, so that a restart forgets nothing. */
@Transactional
class SandboxCharges {

    private final JdbcClient jdbc;

    SandboxCharges(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Counts the attempt and decides it, unless the key is decided already. */
    SandboxCharge charge(String key, Money money, SandboxCardToken card) {
        open(key);
        SandboxCharge charge = lock(key).orElseThrow();
        if (charge.status() != SandboxCharge.Status.NEW) {
            return charge;
        }
        int attempts = charge.attempts() + 1;
        SandboxCharge.Status status = decide(card.card(), attempts);
        jdbc.sql("""
                        update payments.sandbox_charges set attempts = :attempts, status = :status, amount = :amount,
                          currency = :currency, card_last4 = :cardLast4
                        where idempotency_key = :key
                        """)
                .param("key", key)
                .param("attempts", attempts)
                .param("status", status.name())
                .param("amount", money.amount())
                .param("currency", money.currency())
                .param("cardLast4", card.last4())
                .update();
        return new SandboxCharge(charge.chargeId(), attempts, status);
    }

    private static SandboxCharge.Status decide(SandboxCard card, int attempts) {
        return switch (card) {
            case GOOD -> SandboxCharge.Status.CHARGED;
            case DECLINED -> SandboxCharge.Status.DECLINED;
            case FLAKY ->
                attempts > SandboxCard.FLAKY_ATTEMPTS ? SandboxCharge.Status.CHARGED : SandboxCharge.Status.NEW;
            case SILENT -> SandboxCharge.Status.NEW;
        };
    }

    /** @return the status afterwards: REFUNDED, or BARRED if nothing had been charged */
    SandboxCharge.Status refund(String key) {
        open(key);
        SandboxCharge.Status status =
                switch (lock(key).orElseThrow().status()) {
                    case CHARGED, REFUNDED -> SandboxCharge.Status.REFUNDED;
                    case NEW, DECLINED, BARRED -> SandboxCharge.Status.BARRED;
                };
        jdbc.sql("update payments.sandbox_charges set status = :status where idempotency_key = :key")
                .param("key", key)
                .param("status", status.name())
                .update();
        return status;
    }

    private void open(String key) {
        jdbc.sql("""
                        insert into payments.sandbox_charges (idempotency_key, charge_id, attempts, status)
                        values (:key, :chargeId, 0, 'NEW') on conflict do nothing
                        """)
                .param("key", key)
                .param("chargeId", UUID.randomUUID().toString())
                .update();
    }

    private Optional<SandboxCharge> lock(String key) {
        return jdbc.sql("""
                        select charge_id, attempts, status from payments.sandbox_charges
                        where idempotency_key = :key for update
                        """)
                .param("key", key)
                .query((row, number) -> charge(row))
                .optional();
    }

    private static SandboxCharge charge(ResultSet row) throws SQLException {
        return new SandboxCharge(
                row.getString("charge_id"),
                row.getInt("attempts"),
                SandboxCharge.Status.valueOf(row.getString("status")));
    }
}
