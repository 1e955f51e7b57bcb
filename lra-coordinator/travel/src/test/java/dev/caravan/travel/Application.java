package dev.caravan.travel;

import java.util.Locale;

/** One of four processes. */
enum Application {
    TRIP,
    TRAIN,
    FLIGHT,
    PAYMENT;

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
