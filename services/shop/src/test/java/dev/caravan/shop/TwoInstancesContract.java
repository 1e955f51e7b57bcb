package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.shop.ShopDatabase.Sides;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Two instances of each service share a database, and both get every command, twice and each in an order of its own. The
 * steps of a saga come in any order, too: each of them is a piece of work of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoInstancesContract {

    private static final int ORDERS_OF_EACH_KIND = 6;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Random random = new Random(11);
    private ServicesInstance here;
    private ServicesInstance there;
    private DataSource dataSource;
    private int sent;

    abstract String startDatabase() throws Exception;

    abstract void stopDatabase() throws Exception;

    /** What becomes of an order, and which of its commands come in the second wave, after all replies to the first. */
    private enum Kind {
        CONFIRMED(OrderRequest.GOOD_CARD, "COFFEE", "KR", new Sides("CONFIRMED", "COMPLETED", "CONFIRMED", "PREPARED")),
        UNDONE(OrderRequest.GOOD_CARD, "COFFEE", "KR", new Sides("CANCELLED", "REFUNDED", "RELEASED", "CANCELLED")),
        DECLINED(
                OrderRequest.DECLINED_CARD,
                "COFFEE",
                "KR",
                new Sides("CANCELLED", "DECLINED", "RELEASED", "CANCELLED")),
        RETRIED(OrderRequest.FLAKY_CARD, "COFFEE", "KR", new Sides("CANCELLED", "REFUNDED", "RELEASED", "CANCELLED")),
        OUT_OF_STOCK(
                OrderRequest.GOOD_CARD, "OUT-OF-STOCK", "KR", new Sides("CANCELLED", "REFUNDED", "-", "CANCELLED")),
        NOT_SHIPPABLE(OrderRequest.GOOD_CARD, "COFFEE", "AQ", new Sides("CANCELLED", "REFUNDED", "RELEASED", "-")),
        /** The compensations come in the first wave, the actions in the second one. */
        BARRED(OrderRequest.GOOD_CARD, "COFFEE", "KR", new Sides("-", "-", "-", "-")),
        /** Actions and compensations come together: each step is either undone or barred. */
        RACING(OrderRequest.GOOD_CARD, "COFFEE", "KR", null);

        private final String card;
        private final String product;
        private final String country;
        private final Sides end;

        Kind(String card, String product, String country, Sides end) {
            this.card = card;
            this.product = product;
            this.country = country;
            this.end = end;
        }
    }

    private record Order(Kind kind, int number) {

        String id() {
            return kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + number;
        }

        Stream<SagaCommand> actions() {
            return Stream.of(
                    command("CREATE_ORDER", "order-service", "CreateOrder", Phase.ACTION),
                    command("PROCESS_PAYMENT", "payment-service", "ProcessPayment", Phase.ACTION),
                    command("RESERVE_INVENTORY", "inventory-service", "ReserveInventory", Phase.ACTION),
                    command("PREPARE_SHIPPING", "shipping-service", "PrepareShipping", Phase.ACTION));
        }

        Stream<SagaCommand> endings() {
            return kind == Kind.CONFIRMED
                    ? Stream.of(
                            command("CREATE_ORDER", "order-service", "ConfirmOrder", Phase.COMPLETION),
                            command("RESERVE_INVENTORY", "inventory-service", "ConfirmInventory", Phase.COMPLETION))
                    : Stream.of(
                            command("CREATE_ORDER", "order-service", "CancelOrder", Phase.COMPENSATION),
                            command("PROCESS_PAYMENT", "payment-service", "RefundPayment", Phase.COMPENSATION),
                            command("RESERVE_INVENTORY", "inventory-service", "ReleaseInventory", Phase.COMPENSATION),
                            command("PREPARE_SHIPPING", "shipping-service", "CancelShipping", Phase.COMPENSATION));
        }

        private SagaCommand command(String step, String service, String command, Phase phase) {
            JsonNode data = JSON.valueToTree(Map.of(
                    "orderId",
                    id(),
                    "userId",
                    "ann",
                    "items",
                    List.of(Map.of("productId", kind.product, "quantity", 2, "unitPrice", 12.50)),
                    "total",
                    25.00,
                    "currency",
                    "EUR",
                    "card",
                    kind.card,
                    "country",
                    kind.country));
            return new SagaCommand(new SagaId("saga-" + id()), new Step(step, 1), service, command, data, phase);
        }
    }

    @BeforeAll
    void start() throws Exception {
        String url = startDatabase();
        here = new ServicesInstance("here", url);
        there = new ServicesInstance("there", url);
        dataSource = here.bean(DataSource.class);
    }

    @AfterAll
    void stop() throws Exception {
        try {
            Invariants.holdIn(ShopDatabase.of(dataSource));
        } finally {
            here.close();
            there.close();
            stopDatabase();
        }
    }

    @Test
    void haveOneEffectAndGiveOneAnswer() {
        List<Order> orders = Stream.of(Kind.values())
                .flatMap(kind -> Stream.iterate(1, number -> number + 1)
                        .limit(ORDERS_OF_EACH_KIND)
                        .map(number -> new Order(kind, number)))
                .toList();
        List<SagaCommand> first =
                commands(orders, kind -> kind != Kind.BARRED, kind -> kind == Kind.BARRED || kind == Kind.RACING);
        List<SagaCommand> second =
                commands(orders, kind -> kind == Kind.BARRED, kind -> kind != Kind.BARRED && kind != Kind.RACING);

        sendToBoth(first);
        sendToBoth(second);

        ShopDatabase database = ShopDatabase.of(dataSource);
        for (Order order : orders) {
            Sides end = database.of(order.id());
            if (order.kind() == Kind.RACING) {
                assertThat(end.order()).isIn("-", "CANCELLED");
                assertThat(end.payment()).isIn("-", "CANCELLED", "REFUNDED");
                assertThat(end.reservation()).isIn("-", "RELEASED");
                assertThat(end.shipment()).isIn("-", "CANCELLED");
            } else {
                assertThat(end).as(order.id()).isEqualTo(order.kind().end);
            }
        }
        assertEachIsAnsweredAlike();
        Map<String, List<String>> tables = ShopTables.contents(dataSource);

        sendToBoth(Stream.concat(first.stream(), second.stream()).toList());

        assertThat(ShopTables.contents(dataSource)).isEqualTo(tables);
        assertEachIsAnsweredAlike();
        assertThat(here.deadLetters() + there.deadLetters()).isZero();
    }

    private static List<SagaCommand> commands(List<Order> orders, Predicate<Kind> actions, Predicate<Kind> endings) {
        return Stream.concat(
                        orders.stream()
                                .filter(order -> actions.test(order.kind()))
                                .flatMap(Order::actions),
                        orders.stream()
                                .filter(order -> endings.test(order.kind()))
                                .flatMap(Order::endings))
                .toList();
    }

    /** Returns when all are answered. */
    private void sendToBoth(List<SagaCommand> commands) {
        List<SagaCommand> twice = new ArrayList<>(commands);
        twice.addAll(commands);
        for (ServicesInstance instance : List.of(here, there)) {
            Collections.shuffle(twice, random);
            instance.send(twice);
        }
        sent += twice.size();
        for (ServicesInstance instance : List.of(here, there)) {
            await().untilAsserted(() -> assertThat(instance.replies()).hasSize(sent));
        }
    }

    private void assertEachIsAnsweredAlike() {
        Stream.concat(here.replies().stream(), there.replies().stream())
                .collect(Collectors.groupingBy(reply -> reply.sagaId() + " " + reply.step() + " " + reply.command()))
                .forEach((question, replies) -> assertThat(replies.stream().distinct())
                        .as(question)
                        .singleElement()
                        .satisfies(reply -> assertThat(reply.outcome()).isNull()));
    }
}
