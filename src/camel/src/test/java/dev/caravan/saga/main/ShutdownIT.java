package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.StoppingException;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.SagaPropagation;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of sagas and commands when an instance stops: it has left its groups when it has stopped, and nobody waits
 * for the end of its session. The others hear of it with their next heartbeat, three of which are a session.
 */
class ShutdownIT {

    private static final Duration SESSION = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final List<Main> instances = new ArrayList<>();
    private int ordered;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch finish = new CountDownLatch(1);
    private final CountDownLatch atOnce = new CountDownLatch(0);
    private EmbeddedKafka kafka;

    @BeforeEach
    void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
    }

    @AfterEach
    void stop() {
        finish.countDown();
        instances.forEach(Main::stop);
        kafka.close();
    }

    private Main start(String name, String shutdownTimeout, RouteBuilder routes) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", name);
        // a stop that waited for Camel's own limit would hang
        main.addInitialProperty("camel.main.shutdown-timeout", Long.toString(3 * HangLimit.SECONDS));
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
        main.addInitialProperty("caravan.session-timeout", SESSION.toSeconds() + "s");
        main.addInitialProperty("caravan.shutdown-timeout", shutdownTimeout);
        main.configure().addRoutesBuilder(routes);
        main.start();
        instances.add(main);
        return main;
    }

    /** An order is one step, done by the participant below. */
    private static class Orders extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:order-saga")
                    .routeId("order-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay");
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga-command:payment-service/Pay?timeout=10m");
        }
    }

    /** Takes its time for the first command. */
    private final class Payments extends RouteBuilder {

        private final CountDownLatch time;

        private Payments(CountDownLatch time) {
            this.time = time;
        }

        @Override
        public void configure() {
            from("saga-command:payment-service/Pay?idempotent=true")
                    .routeId("payments")
                    .process(exchange -> {
                        begun.countDown();
                        time.await();
                    });
        }
    }

    private static RouteBuilder ordersWith(RouteBuilder payments) {
        return new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                new Orders().addRoutesToCamelContext(getContext());
                payments.addRoutesToCamelContext(getContext());
            }
        };
    }

    private SagaId order(Main main) throws Exception {
        return main.lookup("caravanSagaStarter", SagaStarter.class)
                .start("direct:order-saga", Map.of("orderId", "o1"), "order-" + ordered++, Map.of())
                .accepted()
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    /** Of all groups whose name begins so. */
    private int members(String groupName) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            List<String> groups = admin.listConsumerGroups().all().get().stream()
                    .map(ConsumerGroupListing::groupId)
                    .filter(group -> group.startsWith(groupName))
                    .toList();
            return admin.describeConsumerGroups(groups).all().get().values().stream()
                    .mapToInt(group -> group.members().size())
                    .sum();
        }
    }

    private static SagaHost host(Main main) {
        return main.lookup("caravanSagaHost", SagaHost.class);
    }

    /** The time-outs of sessions and steps, and Camel's own, are far away. */
    @Test
    void handsSagasOverToAnotherInstanceAtOnce() throws Exception {
        Main leaving = start("orders", "15s", new Orders());
        List<SagaId> sagas = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sagas.add(order(leaving));
        }
        Main staying = start("orders", "15s", new Orders());
        await().until(() -> host(staying).size() > 0);
        int before = members("");

        leaving.stop();

        assertThat(members("")).isEqualTo(before / 2);
        await().until(() -> host(staying).size() == sagas.size());
        start("payments", "15s", new Payments(atOnce));
        await().untilAsserted(() -> assertThat(sagas)
                .allSatisfy(
                        saga -> assertThat(host(staying).read(saga).status()).isEqualTo(SagaStatus.COMPLETED)));
    }

    @Test
    void refusesNewSagasWhileACommandIsAtWork() throws Exception {
        Main main = start("orders", "15s", ordersWith(new Payments(finish)));
        SagaId saga = order(main);
        begun.await();
        SagaStarter starter = main.lookup("caravanSagaStarter", SagaStarter.class);

        Thread stopping = new Thread(main::stop);
        stopping.start();
        await().until(() -> host(main).ownership().ready().isCompletedExceptionally());

        assertThat(starter.start("direct:order-saga", Map.of(), "o2", Map.of()).accepted())
                .failsWithin(HangLimit.TIME)
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOf(StoppingException.class);
        finish.countDown();
        stopping.join();

        Main again = start("orders", "15s", ordersWith(new Payments(atOnce)));
        await().untilAsserted(() -> assertThat(host(again).read(saga).status()).isEqualTo(SagaStatus.COMPLETED));
    }

    @Test
    void leavesWhatHangsToTheNextStartWhenTheTimeIsUp() throws Exception {
        Main orders = start("orders", "15s", new Orders());
        Main hanging = start("payments", "1s", new Payments(finish));
        SagaId saga = order(orders);
        begun.await();

        hanging.stop();
        assertThat(members("payment-service")).isZero();
        assertThat(host(orders).read(saga).status()).isEqualTo(SagaStatus.EXECUTING);

        start("payments", "15s", new Payments(atOnce));
        await().untilAsserted(() -> assertThat(host(orders).read(saga).status()).isEqualTo(SagaStatus.COMPLETED));
    }
}
