package dev.caravan.saga.monitoring;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which causes are wanted; each may be {@code null}: any. {@link #NONE} is for those that have none.
 *
 * @param application that runs the saga
 * @param step that the saga is at, or what it is undone for, or that could not be undone
 * @param code with which a participant said no, or the class of what went wrong
 * @param reason a part of what is said of it, in capitals or not
 */
public record CauseFilter(
        @Nullable String application,
        @Nullable String step,
        @Nullable String code,
        @Nullable String reason) {

    /** Has no application, step or code. */
    public static final String NONE = "-";

    /** All. */
    public static final CauseFilter ANY = new CauseFilter(null, null, null, null);

    public CauseFilter {
        reason = reason == null ? null : reason.toLowerCase(Locale.ROOT);
    }

    boolean matches(SagaSummary saga) {
        return is(application, saga.application())
                && is(step, saga.cause().step())
                && is(code, saga.cause().code())
                && (reason == null || contains(saga.reason()) || contains(saga.trouble()));
    }

    private static boolean is(@Nullable String wanted, @Nullable String actual) {
        return wanted == null || Objects.equals(wanted, actual == null ? NONE : actual);
    }

    private boolean contains(@Nullable String text) {
        return SagaQuery.contains(text, reason);
    }
}
