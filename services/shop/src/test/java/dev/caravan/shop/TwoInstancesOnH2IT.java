package dev.caravan.shop;

import org.junit.jupiter.api.Tag;

@Tag("thorough")
class TwoInstancesOnH2IT extends TwoInstancesContract {

    @Override
    String startDatabase() {
        return "jdbc:h2:mem:two-instances;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;LOCK_TIMEOUT=20000";
    }

    /** It ends with its last connection. */
    @Override
    void stopDatabase() {}
}
