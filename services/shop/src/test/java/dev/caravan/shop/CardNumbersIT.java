package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.shop.ShopClient.Placed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The number of a card is in no file, whatever becomes of the order; and no file is open to other users. */
@Tag("thorough")
class CardNumbersIT {

    private static final List<String> CARDS =
            List.of(OrderRequest.GOOD_CARD, OrderRequest.DECLINED_CARD, OrderRequest.FLAKY_CARD, "378282246310005");

    private static final String CUSTOMER = "a-customer-who-can-be-found";

    @Test
    void areInNoFileOfTheShop() throws IOException {
        areInNoFile("xml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "yaml"})
    void areInNoFileInAnotherNotation(String notation) throws IOException {
        areInNoFile(notation);
    }

    private static void areInNoFile(String notation) throws IOException {
        Path directory = FreshDataDirectory.make("cards");
        try (ShopProcess shop = new ShopProcess(directory, "--order.saga.notation=" + notation)) {
            ShopClient client = shop.start().client();
            for (String card : CARDS) {
                OrderRequest order =
                        new OrderRequest(CUSTOMER, OrderRequest.of("COFFEE", 1).items(), card, "KR");
                String end = card.equals(OrderRequest.DECLINED_CARD) ? "COMPENSATED" : "COMPLETED";
                for (Placed placed : List.of(client.place(order), client.placeByEvents(order))) {
                    assertThat(client.ended(placed.sagaId()).status()).as(card).isEqualTo(end);
                    assertThat(client.payments(placed.orderId()))
                            .singleElement()
                            .satisfies(payment -> assertThat(
                                            payment.path("cardLast4").asText())
                                    .isEqualTo(card.substring(card.length() - 4)));
                }
                assertThat(client.post(Map.of("card", card, "userId", "ann"), Map.of())
                                .status())
                        .isEqualTo(400);
            }
            areNotBelow(directory);
            areOfTheirOwnerOnly(shop.data());
            assertThat(EveryFile.containing(directory, CUSTOMER))
                    .as("what is looked for would be found: in topics, and in the database")
                    .anyMatch(file -> file.toString().contains("saga-logs-"))
                    .anyMatch(file -> file.toString().contains("order-service-commands-"))
                    .anyMatch(file -> file.toString().contains("order-events-"))
                    .anyMatch(file -> file.endsWith("shop.mv.db"));
            shop.terminate();
        }
        areNotBelow(directory);
        areNotInTheDatabase(directory.resolve("data").resolve("shop"));
    }

    /** H2 compresses its file when it is closed: here is all that is in it. */
    private static void areNotInTheDatabase(Path file) {
        String url = "jdbc:h2:file:" + file + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;IFEXISTS=TRUE";
        List<String> script = JdbcClient.create(new DriverManagerDataSource(url))
                .sql("script")
                .query(String.class)
                .list();
        assertThat(script).anyMatch(line -> line.contains(CUSTOMER));
        assertThat(CARDS).allSatisfy(card -> assertThat(script).noneMatch(line -> line.contains(card)));
    }

    private static void areNotBelow(Path directory) {
        assertThat(CARDS).allSatisfy(card -> assertThat(EveryFile.containing(directory, card))
                .as(card)
                .isEmpty());
    }

    private static void areOfTheirOwnerOnly(Path data) throws IOException {
        for (Path directory : List.of(data, data.resolve("kafka"), data.resolve("lra-coordinator"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .as(directory.toString())
                    .isEqualTo("rwx------");
        }
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).anyMatch(file -> file.endsWith("shop.mv.db"));
        }
    }
}
