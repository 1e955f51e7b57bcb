package dev.caravan.saga.camel;

import org.jspecify.annotations.Nullable;

/** The application cannot start as it is. The message says what was refused and what to do; nothing has run yet. */
public final class StartRefusedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String refused;
    private final String remedy;

    /**
     * @param refused a sentence, with its full stop
     * @param remedy what to change, in one sentence or more
     */
    public StartRefusedException(String refused, String remedy) {
        this(refused, remedy, null);
    }

    /** @param cause {@code null}: it is the application's settings or code alone */
    public StartRefusedException(String refused, String remedy, @Nullable Throwable cause) {
        super(refused + " " + remedy, cause);
        this.refused = refused;
        this.remedy = remedy;
    }

    /** What cannot be. */
    public String refused() {
        return refused;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }
}
