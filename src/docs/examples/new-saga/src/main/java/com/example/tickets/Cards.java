package com.example.tickets;

import dev.caravan.saga.participant.StepRejectedException;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Charges of cards. A card that ends in 0002 is declined. */
@Component
public class Cards {

    private final JdbcClient jdbc;

    Cards(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws StepRejectedException nothing took effect, so nothing is undone */
    public Map<String, String> charge(String sagaId, String card) {
        String lastFour = card.substring(card.length() - 4);
        if (lastFour.equals("0002")) {
            throw new StepRejectedException("The card is declined");
        }
        jdbc.sql("INSERT INTO charges VALUES (?, ?, 'CHARGED')")
                .params(sagaId, lastFour)
                .update();
        return Map.of("card", lastFour);
    }

    public void refund(String sagaId) {
        jdbc.sql("UPDATE charges SET status = 'REFUNDED' WHERE saga_id = ?")
                .param(sagaId)
                .update();
    }

    public String status(String sagaId) {
        return jdbc.sql("SELECT status FROM charges WHERE saga_id = ?")
                .param(sagaId)
                .query(String.class)
                .optional()
                .orElse("-");
    }
}
