package dev.caravan.shop;

import java.util.List;
import java.util.Map;

/**
 * One order of the tour.
 *
 * @param style how the services work together: orchestration or choreography
 * @param expected how its saga ends
 */
record TourStop(
        String title, String style, String productId, int quantity, String card, String country, String expected) {

    private static final String COMMANDS = "orchestration";
    private static final String EVENTS = "choreography";
    private static final String GOOD_CARD = "4242424242424242";

    /** A good order, and one for each row of the README's table of failures; then some that events carry. */
    static List<TourStop> all() {
        return List.of(
                new TourStop("a good order", COMMANDS, "COFFEE", 2, GOOD_CARD, "KR", "COMPLETED"),
                new TourStop(
                        "the product is out of stock", COMMANDS, "OUT-OF-STOCK", 1, GOOD_CARD, "KR", "COMPENSATED"),
                new TourStop("the card is declined", COMMANDS, "COFFEE", 1, "4000000000000002", "KR", "COMPENSATED"),
                new TourStop(
                        "the gateway fails twice, then works",
                        COMMANDS,
                        "GRINDER",
                        1,
                        "4000000000000119",
                        "KR",
                        "COMPLETED"),
                new TourStop("the country cannot be shipped to", COMMANDS, "COFFEE", 3, GOOD_CARD, "AQ", "COMPENSATED"),
                new TourStop(
                        "the gateway never answers", COMMANDS, "COFFEE", 1, "4000000000000259", "KR", "COMPENSATED"),
                new TourStop("by events: a good order", EVENTS, "COFFEE", 2, GOOD_CARD, "KR", "COMPLETED"),
                new TourStop("by events: out of stock", EVENTS, "OUT-OF-STOCK", 1, GOOD_CARD, "KR", "COMPENSATED"),
                new TourStop("by events: not shipped there", EVENTS, "COFFEE", 3, GOOD_CARD, "AQ", "COMPENSATED"));
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
