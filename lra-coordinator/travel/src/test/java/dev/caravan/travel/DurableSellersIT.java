package dev.caravan.travel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Stock camel-lra has the saga; train, flight and payment have Caravan. */
class DurableSellersIT extends TravelIT {

    @Override
    List<Application> durable() {
        return List.of(Application.TRAIN, Application.FLIGHT, Application.PAYMENT);
    }

    /** Nobody goes on with it: its time limit ends it. */
    @Test
    void leavesNothingOfATripWhoseStockSagaIsKilled() throws Exception {
        killTheTrip("ended");

        assertThat(sold("ended")).containsExactly(1L, 0L, 1L, 0L);
        assertThat(left("ended")).containsExactly(0L, 0L, 0L, 0L);
    }
}
