package dev.caravan.saga.participant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParticipantListenersTest {

    @Test
    void tellTheOthersWhenOneThrows() {
        List<ParticipantEvent> heard = new ArrayList<>();
        ParticipantListener broken = event -> {
            throw new IllegalStateException("broken");
        };
        ParticipantEvent event =
                new ParticipantEvent(ParticipantEvent.Kind.DEAD_LETTER, "payment-service", null, "Not JSON");

        new ParticipantListeners(List.of(broken, heard::add, broken)).onEvent(event);

        assertThat(heard).containsExactly(event);
    }
}
