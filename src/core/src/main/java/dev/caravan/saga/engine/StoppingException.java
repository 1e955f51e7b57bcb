package dev.caravan.saga.engine;

/** A saga cannot start in this instance any more: it stops. Nothing was started; another instance can. */
public final class StoppingException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    StoppingException() {
        super("Sagas cannot start here any more: this instance stops. Ask another instance, or again after its start");
    }
}
