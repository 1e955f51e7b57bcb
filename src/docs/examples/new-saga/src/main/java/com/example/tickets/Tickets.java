package com.example.tickets;

import dev.caravan.saga.participant.StepRejectedException;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Tickets that are valid, or void. An address without an @ gets none. */
@Component
public class Tickets {

    private final JdbcClient jdbc;

    Tickets(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws StepRejectedException nothing took effect, so nothing is undone */
    public Map<String, String> issue(String sagaId, String email) {
        if (!email.contains("@")) {
            throw new StepRejectedException("No ticket can be sent to " + email);
        }
        jdbc.sql("INSERT INTO tickets VALUES (?, ?, 'VALID')")
                .params(sagaId, email)
                .update();
        return Map.of("email", email);
    }

    public void revoke(String sagaId) {
        jdbc.sql("UPDATE tickets SET status = 'VOID' WHERE saga_id = ?")
                .param(sagaId)
                .update();
    }

    public String status(String sagaId) {
        return jdbc.sql("SELECT status FROM tickets WHERE saga_id = ?")
                .param(sagaId)
                .query(String.class)
                .optional()
                .orElse("-");
    }
}
