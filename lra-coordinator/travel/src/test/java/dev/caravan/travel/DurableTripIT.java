package dev.caravan.travel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Caravan has the saga; train, flight and payment have stock camel-lra. */
class DurableTripIT extends TravelIT {

    @Override
    List<Application> durable() {
        return List.of(Application.TRIP);
    }

    @Test
    void goesOnWithATripAfterItWasKilledAndBuysNothingTwice() throws Exception {
        killTheTrip("goes-on");

        assertThat(sold("goes-on")).containsExactly(1L, 1L, 1L, 1L);
        assertThat(left("goes-on")).containsExactly(1L, 1L, 1L, 1L);
    }
}
