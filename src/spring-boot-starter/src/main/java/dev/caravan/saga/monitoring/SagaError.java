package dev.caravan.saga.monitoring;

import io.micrometer.tracing.Span;

/** What went wrong as a saga or a participant says it; there is no place in the code that threw it. */
final class SagaError extends Exception {

    private static final long serialVersionUID = 1L;

    private SagaError(String message) {
        super(message, null, false, false);
    }

    /** As OpenTelemetry has it: a status ERROR with a description. */
    static Span on(Span span, String error) {
        return span.tag("error", error).error(new SagaError(error));
    }
}
