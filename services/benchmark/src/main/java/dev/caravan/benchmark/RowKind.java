package dev.caravan.benchmark;

import java.util.Locale;

/** What can be compared. */
enum RowKind {
    /** Kafka alone: the records and the waits of a saga, and nothing else. */
    FLOOR,
    /** Camel's own saga service, which keeps all in memory; commands and replies over Kafka. */
    MEMORY,
    /** Caravan; the saga log decides. */
    LOG,
    /** As LOG, and no saga has a key: what a key costs is the difference. */
    LOG_KEYLESS,
    /** As LOG, and the broker flushes each append to the disk. */
    LOG_FLUSHED,
    /** As LOG, with participants that keep their effects in PostgreSQL. */
    LOG_POSTGRES,
    /** As LOG_POSTGRES, with commands that wait for each other in one transaction. */
    LOG_POSTGRES_BATCHED,
    /** Camel's own saga service, which keeps all in memory; each step is a bean. */
    PLAIN_MEMORY,
    /** Caravan; the saga log decides. Each step is a bean. */
    PLAIN_LOG,
    /** Caravan on an LRA coordinator in the same process. */
    LRA,
    /** Camel's own LRA client on the same coordinator; commands and replies over Kafka. */
    CAMEL_LRA;

    private static final int BATCH = 16;

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isFlushed() {
        return this == LOG_FLUSHED;
    }

    Row open(Broker broker) throws Exception {
        return switch (this) {
            case FLOOR -> new FloorRow(broker);
            case LOG, LOG_FLUSHED -> CaravanRow.onTheLog(broker, new Effects(), 1);
            case LOG_KEYLESS -> CaravanRow.withoutKeys(broker);
            case LOG_POSTGRES -> CaravanRow.onTheLog(broker, new PostgresEffects(), 1);
            case LOG_POSTGRES_BATCHED -> CaravanRow.onTheLog(broker, new PostgresEffects(), BATCH);
            case PLAIN_LOG -> CaravanRow.ofBeans(broker);
            case MEMORY -> CamelRow.inMemory(broker);
            case PLAIN_MEMORY -> CamelRow.ofBeans(broker);
            case LRA -> CaravanRow.onACoordinator(broker);
            case CAMEL_LRA -> CamelRow.onACoordinator(broker);
        };
    }
}
