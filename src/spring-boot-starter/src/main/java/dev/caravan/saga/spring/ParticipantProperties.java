package dev.caravan.saga.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a participant has for itself. A bean {@code <service>.inbox} of the application comes before all of it.
 *
 * @param schema Of its tables and its inbox; null: the current schema of the connection.
 * @param migrations Where the migrations of its own tables are, for instance classpath:db/payment. With Flyway, in its
 *     schema, those of the inbox with them, before anything else uses the database.
 * @param dataSource Name of the bean; null: the only DataSource, or the primary one.
 * @param transactionManager Name of the bean; null: the one of that DataSource.
 * @param externalLimit Longer than an action with effects elsewhere can take, its own time-outs included. A bean
 *     {@code <service>.external-limit} of type Duration comes before it.
 */
public record ParticipantProperties(
        @Nullable String schema,
        @Nullable String migrations,
        @Nullable String dataSource,
        @Nullable String transactionManager,
        @DefaultValue("1m") Duration externalLimit) {

    /** Of a participant that needs nothing of its own. */
    static final ParticipantProperties NONE = new ParticipantProperties(null, null, null, null, Duration.ofMinutes(1));
}
