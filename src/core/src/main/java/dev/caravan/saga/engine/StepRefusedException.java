package dev.caravan.saga.engine;

/** A step is not let into its saga, which has ended or is being ended: what asked for it came too late. Nothing was done. */
public class StepRefusedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public StepRefusedException(String message) {
        super(message);
    }
}
