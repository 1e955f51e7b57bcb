package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Fields that are called sensitive: encrypted in every topic, masked for people, and in the clear for routes and beans. */
class SensitiveFieldsIT {

    private static final String CUSTOMER = "a-customer-who-is-nobodys-business";
    private static final String FIELDS = "--caravan.sensitive-fields=userId,items.productId,trackingNumber";
    private static final String OLD = "2025:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String NEW = "2026:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    private final Path directory = FreshDataDirectory.make("sensitive");

    @Test
    @Tag("thorough")
    void areInNoTopicAndAreReadAfterTheKeyWasRotated() {
        Placed orchestrated;
        Placed byEvents;
        try (ShopProcess shop = new ShopProcess(directory, FIELDS, "--caravan.sensitive-keys=" + OLD)) {
            ShopClient client = shop.start().client();
            orchestrated = client.place(order());
            byEvents = client.placeByEvents(order());
            endsWell(client, orchestrated);
            endsWell(client, byEvents);
            assertThat(client.get("/api/orders/" + orchestrated.orderId()).text("userId"))
                    .isEqualTo(CUSTOMER);
            shop.terminate();
        }
        Path topics = directory.resolve("data").resolve("kafka");
        assertThat(EveryFile.containing(topics, CUSTOMER)).isEmpty();
        assertThat(EveryFile.containing(topics, "COFFEE")).isEmpty();
        assertThat(EveryFile.containing(topics, "enc:v1:2025:"))
                .anyMatch(file -> file.toString().contains("saga-logs-"))
                .anyMatch(file -> file.toString().contains("order-service-commands-"))
                .anyMatch(file -> file.toString().contains("saga-replies-"))
                .anyMatch(file -> file.toString().contains("order-events-"))
                .anyMatch(file -> file.toString().contains("shipping-events-"));

        try (ShopProcess shop = new ShopProcess(directory, FIELDS, "--caravan.sensitive-keys=" + NEW + "," + OLD)) {
            ShopClient client = shop.start().client();
            Placed later = client.place(order());
            endsWell(client, later);
            for (Placed placed : List.of(orchestrated, byEvents, later)) {
                JsonNode start = client.get("/api/sagas/" + placed.sagaId() + "/events/0")
                        .body();
                assertThat(start.at("/body/userId").asText()).isEqualTo("***");
                assertThat(start.at("/body/items/0/productId").asText()).isEqualTo("***");
                assertThat(start.at("/body/country").asText()).isEqualTo("KR");
            }
            shop.terminate();
        }
        assertThat(EveryFile.containing(topics, CUSTOMER)).isEmpty();
        assertThat(EveryFile.containing(topics, "enc:v1:2026:")).isNotEmpty();
    }

    private static OrderRequest order() {
        return new OrderRequest(CUSTOMER, OrderRequest.of("COFFEE", 1).items(), OrderRequest.GOOD_CARD, "KR");
    }

    private static void endsWell(ShopClient client, Placed placed) {
        Saga saga = client.ended(placed.sagaId());
        assertThat(saga.status()).as("%s", saga.json()).isEqualTo("COMPLETED");
        assertThat(client.shipments(placed.orderId())).singleElement().satisfies(shipment -> assertThat(
                        shipment.path("trackingNumber").asText())
                .doesNotContain("enc:"));
    }

    @Test
    void keepTheShopFromStartingWithoutAKey() {
        try (ShopProcess shop = new ShopProcess(directory, FIELDS)) {
            shop.launch()
                    .saysInOneLineWhyItCannotStart(
                            "The shop cannot start: ",
                            "and there is no key to encrypt them with: set caravan.sensitive-keys");
        }
    }
}
