package dev.caravan.saga.participant;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code saga_inbox} is. Written without quotes, so that the database folds its case as it does in the
 * participant's own statements.
 *
 * @param schema letters, digits and underscores; {@code null}: the current schema of the connection
 */
record InboxTable(@Nullable String schema) {

    private static final Pattern FORM = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    InboxTable {
        if (schema != null && !FORM.matcher(schema).matches()) {
            throw new IllegalArgumentException(
                    "Not a schema for the inbox: '%s'. It has letters, digits and underscores; null is the current schema"
                            .formatted(schema));
        }
    }

    @Override
    public String toString() {
        return schema == null ? "saga_inbox" : schema + ".saga_inbox";
    }
}
