package dev.caravan.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each row runs the order saga, on real Kafka. Times are not looked at. */
class RowsIT {

    private static final int SAGAS = 20;
    private static final int REJECTED = 2;
    private static final Load LOAD = new Load(4, 10);

    @ParameterizedTest
    @EnumSource(
            value = RowKind.class,
            names = {"LOG_POSTGRES_BATCHED", "LRA"})
    void losesAndDoublesNoEffect(RowKind kind) throws Exception {
        try (Broker broker = Broker.start(false);
                Row row = kind.open(broker)) {
            run(row::run, row);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RowKind.class,
            names = {"LOG_KEYLESS", "LOG_POSTGRES", "CAMEL_LRA"})
    @Tag("thorough")
    void losesAndDoublesNoEffectEither(RowKind kind) throws Exception {
        losesAndDoublesNoEffect(kind);
    }

    @Test
    void takesOrdersOverHttp() throws Exception {
        try (Broker broker = Broker.start(false);
                Row row = RowKind.LOG.open(broker);
                HttpFront front = HttpFront.start(0, row)) {
            HttpOrders orders = new HttpOrders(front.orders());

            run(orders::place, row);

            assertThat(orders.serverCpu()).isPositive();
        }
    }

    /** What a saga costs is first of all the number of its records: the floor has as many as the log. */
    @ParameterizedTest
    @CsvSource({"FLOOR,19,29", "LOG,19,29", "MEMORY,8,16", "PLAIN_LOG,11,16", "PLAIN_MEMORY,0,0"})
    void writesSoManyRecords(RowKind kind, long forACompletedOne, long forARejectedOne) throws Exception {
        try (Broker broker = Broker.start(false);
                Row row = kind.open(broker)) {
            run(row::run, row);

            await().untilAsserted(() -> assertThat(broker.records())
                    .isEqualTo((SAGAS - REJECTED) * forACompletedOne + REJECTED * forARejectedOne));
        }
    }

    private static void run(ClosedLoop.Sagas sagas, Row row) throws InterruptedException {
        ClosedLoop.Outcome outcome = new ClosedLoop(sagas, LOAD).run(SAGAS, Duration.ofMinutes(2));

        assertThat(outcome.sagas()).isEqualTo(SAGAS);
        assertThat(outcome.rejected()).isEqualTo(REJECTED);
        await().untilAsserted(() ->
                assertThat(row.effects().counts().violation(SAGAS, REJECTED)).isEmpty());
    }
}
