package dev.caravan.travel;

import java.util.Locale;

/** One of four processes. */
enum Application {
    TRIP,
    TRAIN,
    FLIGHT,
    PAYMENT;

    /** Printed by a process whose routes have started. */
    static final String READY = "The application is ready";

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
