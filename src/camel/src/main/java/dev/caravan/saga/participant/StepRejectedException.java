package dev.caravan.saga.participant;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A business no: the participant refuses the command, and nothing took effect. The saga is told FAILED with this code
 * and text, the command is not tried again, and the step needs no compensation.
 *
 * <p>Throw it from the route that does a step, as it is or as the cause of something else. Beans that are to know nothing
 * of sagas throw exceptions of their own, and {@link Rejections} says which of them are a no. Whatever its local
 * transaction had done is rolled back. From a compensation or completion it says that it cannot be done now; that is
 * answered FAILED too, but it is not recorded, and the same command may be asked again.
 */
public class StepRejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Deeper than any real chain of causes; it ends the search in one that has a loop. */
    private static final int DEEPEST_CAUSE = 100;

    private final String code;

    /**
     * @param code for programs, upper case with underscores, for instance {@code CARD_DECLINED}
     * @param message for people
     */
    public StepRejectedException(String code, @Nullable String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    /**
     * With the code {@code REJECTED}; for route files, whose {@code throwException} knows a message only.
     *
     * @param message for people
     */
    public StepRejectedException(String message) {
        this("REJECTED", message);
    }

    public String code() {
        return code;
    }

    /** The rejection that this failure is or was caused by. */
    public static Optional<StepRejectedException> in(Throwable failure) {
        return causes(failure)
                .filter(StepRejectedException.class::isInstance)
                .map(StepRejectedException.class::cast)
                .findFirst();
    }

    static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(DEEPEST_CAUSE);
    }
}
