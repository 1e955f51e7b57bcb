package dev.caravan.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.test.Failure;
import dev.caravan.saga.test.SagaScenario;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order saga does the same in each notation, whatever fails and wherever the orchestrator dies. */
class OrderSagaTest {

    private static final Map<String, Object> ORDER = Map.of("orderId", "o1", "card", "4242424242424242");
    private static final List<String> ACTIONS =
            List.of("CreateOrder", "ProcessPayment", "ReserveInventory", "PrepareShipping");
    private static final List<String> COMPENSATIONS =
            List.of("CancelOrder", "RefundPayment", "ReleaseInventory", "CancelShipping");

    @ParameterizedTest
    @EnumSource
    void takesAnOrderFromItsCreationToItsShipping(Notation notation) {
        try (SagaScenario saga = notation.scenario()) {
            saga.start("direct:order-saga", ORDER);

            saga.expect()
                    .completed()
                    .actions(ACTIONS.toArray(String[]::new))
                    .completions("ConfirmInventory", "ConfirmOrder")
                    .compensations();
        }
    }

    @ParameterizedTest
    @EnumSource
    void undoesWhatWasDoneWhateverStepFailsHowever(Notation notation) {
        try (SagaScenario saga = notation.scenario()) {
            List<Failure> failures = saga.start("direct:order-saga", ORDER).failures();
            assertThat(failures).hasSize(ACTIONS.size() * 6);

            for (Failure failure : failures) {
                saga.another().given(failure).start("direct:order-saga", ORDER).advanceToTheEnd();

                int failed = ACTIONS.indexOf(failure.command());
                int undone = failure.how() == Action.IS_REJECTED ? failed : failed + 1;
                saga.expect()
                        .compensated()
                        .actions(ACTIONS.subList(0, failed + 1).toArray(String[]::new))
                        .compensations(reversed(COMPENSATIONS.subList(0, undone)))
                        .completions();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesTheStepThatCannotBeUndone(Notation notation) {
        try (SagaScenario saga = notation.scenario()) {
            saga.given("ReserveInventory").isRejected().given("RefundPayment").alwaysFails();

            saga.start("direct:order-saga", ORDER).advanceToTheEnd();

            saga.expect().failedAt("PROCESS_PAYMENT").actions("CreateOrder", "ProcessPayment", "ReserveInventory");
        }
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAfterACrashInTheMiddle(Notation notation) {
        try (SagaScenario saga = notation.scenario()) {
            int acts = saga.start("direct:order-saga", ORDER).acts();
            saga.another()
                    .dieAfter(acts / 2)
                    .start("direct:order-saga", ORDER)
                    .recover()
                    .advanceToTheEnd();

            saga.expect().completed().actions(ACTIONS.toArray(String[]::new));
        }
    }

    @Test
    void goesOnWhereverItDies() {
        int acts;
        try (SagaScenario saga = Notation.XML.scenario()) {
            saga.given("PrepareShipping").isRejected();
            acts = saga.start("direct:order-saga", ORDER).acts();
            assertThat(acts).isGreaterThan(15);
        }
        for (int act = 0; act < acts; act++) {
            try (SagaScenario saga = Notation.XML.scenario()) {
                saga.given("PrepareShipping").isRejected();

                saga.dieAfter(act).start("direct:order-saga", ORDER).recover().advanceToTheEnd();

                saga.expect()
                        .compensated()
                        .compensationsInReverseOrder()
                        .compensations("ReleaseInventory", "RefundPayment", "CancelOrder");
            }
        }
    }

    private static String[] reversed(List<String> commands) {
        List<String> reversed = new ArrayList<>(commands);
        Collections.reverse(reversed);
        return reversed.toArray(String[]::new);
    }
}
