package dev.caravan.saga.monitoring;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the sagas that were asked for.
 *
 * @param total how many there are on all pages
 * @param next what to ask for the page after this one; {@code null}: there is none
 */
public record SagaPage(
        List<Line> sagas, long total, @Nullable String next) {

    /** One saga of the list. */
    public record Line(SagaSummary saga, Attention attention) {}
}
