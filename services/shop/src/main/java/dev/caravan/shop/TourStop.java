package dev.caravan.shop;

import java.util.List;
import java.util.Map;

/**
 * One order of the tour.
 *
 * @param expected how its saga ends
 */
record TourStop(String title, String productId, int quantity, String card, String country, String expected) {

    private static final String GOOD_CARD = "4242424242424242";

    /** A good order, and one for each row of the README's table of failures. */
    static List<TourStop> all() {
        return List.of(
                new TourStop("a good order", "COFFEE", 2, GOOD_CARD, "KR", "COMPLETED"),
                new TourStop("the product is out of stock", "OUT-OF-STOCK", 1, GOOD_CARD, "KR", "COMPENSATED"),
                new TourStop("the card is declined", "COFFEE", 1, "4000000000000002", "KR", "COMPENSATED"),
                new TourStop(
                        "the gateway fails twice, then works", "GRINDER", 1, "4000000000000119", "KR", "COMPLETED"),
                new TourStop("the country cannot be shipped to", "COFFEE", 3, GOOD_CARD, "AQ", "COMPENSATED"),
                new TourStop("the gateway never answers", "COFFEE", 1, "4000000000000259", "KR", "COMPENSATED"));
    }

    Map<String, Object> request() {
        return Map.of(
                "userId",
                "tourist",
                "items",
                List.of(Map.of("productId", productId, "quantity", quantity)),
                "card",
                card,
                "country",
                country);
    }
}
