package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.Recipe.Notation;
import dev.caravan.saga.test.SagaScenario;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Header;
import org.junit.jupiter.api.Test;

/** The routes of src/docs/your-saga-as-it-is.md keep what the page says. */
class YourSagaAsItIsTest {

    private static final Recipe ROUTES = new Recipe("src/docs/your-saga-as-it-is.md", "Two lines");

    private final Orders orders = new Orders();
    private final Credit credit = new Credit();

    /** Whose effects are counted. */
    public static final class Orders {

        private final List<String> placed = new ArrayList<>();
        private final List<String> cancelled = new ArrayList<>();

        public void place(@Header("orderId") String orderId) {
            placed.add(orderId);
        }

        public void cancel(@Header("orderId") String orderId) {
            cancelled.add(orderId);
        }
    }

    /** May be used up. */
    public static final class Credit {

        private final List<String> reserved = new ArrayList<>();
        private final List<String> freed = new ArrayList<>();
        private boolean usedUp;

        public void reserve(@Header("orderId") String orderId) {
            if (usedUp) {
                throw new IllegalStateException("The credit is used up");
            }
            reserved.add(orderId);
        }

        public void free(@Header("orderId") String orderId) {
            freed.add(orderId);
        }
    }

    private SagaScenario scenario() {
        return SagaScenario.of(this::addTo);
    }

    private void addTo(CamelContext context) throws Exception {
        context.getRegistry().bind("orders", orders);
        context.getRegistry().bind("credit", credit);
        ROUTES.addTo(context, Notation.JAVA);
    }

    @Test
    void bothStepsAreDone() {
        try (SagaScenario saga = scenario()) {
            saga.start("direct:new-order", "ann");

            saga.expect().completed();
            assertThat(orders.placed).hasSize(1).isEqualTo(credit.reserved);
            assertThat(orders.cancelled).isEmpty();
        }
    }

    @Test
    void whatWasDoneIsUndone() {
        credit.usedUp = true;
        try (SagaScenario saga = scenario()) {
            saga.start("direct:new-order", "ann");

            saga.expect().compensated();
            assertThat(orders.placed).hasSize(1).isEqualTo(orders.cancelled);
            assertThat(credit.reserved).isEmpty();
        }
    }

    @Test
    void aSagaThatIsKilledAnywhereHasEachEffectOnceOrNone() {
        int acts;
        try (SagaScenario saga = scenario()) {
            acts = saga.start("direct:new-order", "ann").acts();
        }
        assertThat(acts).isGreaterThan(4);
        for (int act = 0; act < acts; act++) {
            killed(act, SagaScenario::dieBefore);
            killed(act, SagaScenario::dieAfter);
        }
    }

    private void killed(int act, BiConsumer<SagaScenario, Integer> how) {
        List.of(orders.placed, orders.cancelled, credit.reserved, credit.freed).forEach(List::clear);
        try (SagaScenario saga = scenario()) {
            how.accept(saga, act);
            saga.start("direct:new-order", "ann").kill().recover().advanceToTheEnd();

            boolean begun = act > 0 || !orders.placed.isEmpty();
            if (begun && saga.expect().state().status() == SagaStatus.COMPLETED) {
                assertThat(orders.placed).as("killed at %d", act).hasSize(1).isEqualTo(credit.reserved);
                assertThat(orders.cancelled).isEmpty();
                assertThat(credit.freed).isEmpty();
            } else {
                assertThat(orders.cancelled).as("killed at %d", act).containsAll(orders.placed);
                assertThat(credit.freed).as("killed at %d", act).containsAll(credit.reserved);
            }
        }
    }
}
