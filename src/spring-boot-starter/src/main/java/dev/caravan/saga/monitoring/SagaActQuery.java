package dev.caravan.saga.monitoring;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which acts; {@code null}: whichever.
 *
 * @param who a part of the name, in any case
 * @param act as {@link SagaAct} has it
 * @param saga the id of the saga
 * @param from the earliest
 * @param to later than the latest
 */
public record SagaActQuery(
        @Nullable String who,
        @Nullable String act,
        @Nullable String saga,
        @Nullable Instant from,
        @Nullable Instant to,
        int limit) {

    boolean matches(SagaAct one) {
        return (who == null || one.who() != null && lower(one.who()).contains(lower(who)))
                && (act == null || act.equals(one.act()))
                && (saga == null || saga.equals(one.sagaId().value()))
                && (from == null || !one.at().isBefore(from))
                && (to == null || one.at().isBefore(to));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
