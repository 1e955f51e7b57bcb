package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaMention;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header {@code traceparent} (W3C Trace Context). */
public final class TraceParent {

    /** The header's name. */
    public static final String HEADER = SagaMention.TRACE_HEADER;

    private static final Pattern FORM = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");
    private static final int TRACE_CHARACTERS = 32;
    private static final int SPAN_CHARACTERS = 16;

    private TraceParent() {}

    /** The header's value for what a span causes elsewhere. */
    public static String of(TraceContext context) {
        return "00-%s-%s-%s"
                .formatted(context.traceId(), context.spanId(), Boolean.TRUE.equals(context.sampled()) ? "01" : "00");
    }

    static Optional<TraceContext> read(Tracer tracer, @Nullable String header) {
        Matcher parts = FORM.matcher(header == null ? "" : header);
        return parts.matches()
                ? Optional.of(context(
                        tracer, parts.group(1), parts.group(2), (Integer.parseInt(parts.group(3), 16) & 1) == 1))
                : Optional.empty();
    }

    /** For a saga that nobody's trace led to: the same for every instance that has ever run it. */
    static TraceContext derived(Tracer tracer, SagaId sagaId, double sampled) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(sagaId.value().getBytes(StandardCharsets.UTF_8));
            String digits = HexFormat.of().formatHex(hash);
            String trace = digits.substring(0, TRACE_CHARACTERS);
            String span = digits.substring(TRACE_CHARACTERS, TRACE_CHARACTERS + SPAN_CHARACTERS);
            return context(tracer, trace, span, (hash[0] & 0xff) < sampled * 256);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static TraceContext context(Tracer tracer, String trace, String span, boolean sampled) {
        return tracer.traceContextBuilder()
                .traceId(trace)
                .spanId(span)
                .sampled(sampled)
                .build();
    }
}
