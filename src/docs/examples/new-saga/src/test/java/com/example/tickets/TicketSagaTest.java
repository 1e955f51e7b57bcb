package com.example.tickets;

import dev.caravan.saga.test.Failure;
import dev.caravan.saga.test.SagaScenario;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The saga's routes, without Kafka, database and waiting. */
class TicketSagaTest {

    private static final Map<String, String> PURCHASE =
            Map.of("buyer", "ann", "email", "ann@example.com", "concert", "OPENING", "card", "4242424242424242");

    private final SagaScenario saga = SagaScenario.ofFiles("classpath:routes/ticket-saga.camel.xml");

    @AfterEach
    void close() {
        saga.close();
    }

    @Test
    void sellsATicket() {
        saga.start("direct:ticket-saga", PURCHASE);

        saga.expect()
                .completed()
                .actions("ReserveSeat", "ChargeCard", "IssueTicket")
                .compensations();
    }

    @Test
    void givesSeatAndMoneyBackWhenNoTicketCanBeIssued() {
        saga.given("IssueTicket").isRejected();

        saga.start("direct:ticket-saga", PURCHASE);

        saga.expect().compensated().compensations("RefundCard", "ReleaseSeat");
    }

    @Test
    void leavesNothingBehindWhateverGoesWrong() {
        List<Failure> failures = saga.start("direct:ticket-saga", PURCHASE).failures();

        for (Failure failure : failures) {
            saga.another().given(failure).start("direct:ticket-saga", PURCHASE).advanceToTheEnd();

            saga.expect().compensated().compensationsInReverseOrder();
        }
    }

    @Test
    void goesOnWhereverTheInstanceDies() {
        int acts = saga.start("direct:ticket-saga", PURCHASE).acts();

        for (int act = 0; act < acts; act++) {
            saga.another()
                    .dieAfter(act)
                    .start("direct:ticket-saga", PURCHASE)
                    .recover()
                    .advanceToTheEnd();

            saga.expect().completed().actions("ReserveSeat", "ChargeCard", "IssueTicket");
        }
    }
}
