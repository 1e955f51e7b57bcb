package com.example.tickets;

import dev.caravan.saga.participant.StepRejectedException;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Seats that are free. There are none in SOLD-OUT. */
@Component
public class Seats {

    private final JdbcClient jdbc;

    Seats(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws StepRejectedException nothing took effect, so nothing is undone */
    public Map<String, String> reserve(String concert) {
        int taken = jdbc.sql("UPDATE seats SET free = free - 1 WHERE concert = ? AND free > 0")
                .param(concert)
                .update();
        if (taken == 0) {
            throw new StepRejectedException("There is no seat left in " + concert);
        }
        return Map.of("concert", concert);
    }

    public void release(String concert) {
        jdbc.sql("UPDATE seats SET free = free + 1 WHERE concert = ?")
                .param(concert)
                .update();
    }

    public int free(String concert) {
        return jdbc.sql("SELECT free FROM seats WHERE concert = ?")
                .param(concert)
                .query(Integer.class)
                .single();
    }
}
