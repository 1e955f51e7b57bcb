package dev.caravan.saga.participant;

import java.util.Objects;

/**
 * A business no: the participant refuses the command, and nothing took effect. The saga is told FAILED with this code
 * and text, the command is not tried again, and the step needs no compensation.
 *
 * <p>Throw it from the bean or route that does a step. Whatever its local transaction had done is rolled back.
 */
public class StepRejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * @param code for programs, upper case with underscores, for instance {@code CARD_DECLINED}
     * @param message for people
     */
    public StepRejectedException(String code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    public String code() {
        return code;
    }
}
