package dev.caravan.saga.camel;

import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaEvent;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.jspecify.annotations.Nullable;

/** Which way a saga goes that was EXECUTING when its instance ended: the setting, or the property of its route. */
public enum Recovery {

    /** Its route is run again. */
    FORWARD,

    /** It is undone, unless it is past its pivot. */
    BACKWARD;

    static final String SETTING = "caravan.recovery";

    /**
     * Has a saga undone that is to go backward.
     *
     * @param undo has it undone for a reason
     * @return false: its route is to be run again
     */
    public static boolean undoes(CamelContext context, LiveSaga saga, Consumer<SagaEvent> undo) {
        if (saga.state().passedPivot()
                || of(context, RouteShapes.of(context).again(saga.state().started())) == FORWARD) {
            return false;
        }
        undo.accept(new SagaEvent.Fail(null, "It was found at recovery, and %s is backward".formatted(SETTING)));
        return true;
    }

    private static Recovery of(CamelContext context, @Nullable Route route) {
        Object own = route == null ? null : route.getProperties().get(SagaConstants.RECOVERY);
        return own == null ? set(context) : parse(own.toString());
    }

    private static Recovery set(CamelContext context) {
        return parse(context.getPropertiesComponent().resolveProperty(SETTING).orElse(Defaults.RECOVERY));
    }

    /** @throws IllegalArgumentException the setting is neither forward nor backward */
    static void check(CamelContext context) {
        set(context);
    }

    /** @throws IllegalArgumentException the text is neither forward nor backward */
    static Recovery parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "forward" -> FORWARD;
            case "backward" -> BACKWARD;
            default ->
                throw new IllegalArgumentException("%s is '%s'. Say forward or backward".formatted(SETTING, text));
        };
    }
}
