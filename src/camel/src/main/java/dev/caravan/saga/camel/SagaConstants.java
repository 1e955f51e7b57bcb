package dev.caravan.saga.camel;

import org.apache.camel.spi.Metadata;

/** Names of headers and exchange properties. */
public final class SagaConstants {

    @Metadata(description = "The saga's id", javaType = "String", label = "consumer")
    public static final String SAGA_ID = "CaravanSagaId";

    @Metadata(description = "The step, NAME or NAME#2", javaType = "String", label = "consumer")
    public static final String STEP = "CaravanStep";

    @Metadata(description = "The command", javaType = "String", label = "consumer")
    public static final String COMMAND = "CaravanCommand";

    @Metadata(
            description =
                    "Saga and step in one, the same whenever the command comes: for calls of others that know such keys",
            javaType = "String",
            label = "consumer")
    public static final String IDEMPOTENCY_KEY = "CaravanIdempotencyKey";

    @Metadata(
            description =
                    "Saga, step and command in one: like CaravanIdempotencyKey, and different for each command of a step",
            javaType = "String",
            label = "consumer")
    public static final String COMMAND_KEY = "CaravanCommandKey";

    @Metadata(
            description = "Why the participant is asked: ACTION, COMPENSATION or COMPLETION",
            javaType = "String",
            label = "consumer")
    public static final String PHASE = "CaravanPhase";

    @Metadata(
            description =
                    "What the application calls the saga, for instance an order's id; set it before the saga starts. Of starts of one route with one key there is one saga",
            javaType = "String")
    public static final String SAGA_KEY = "CaravanSagaKey";

    @Metadata(
            description = "When the saga is to begin, such as 2026-12-24T18:00:00Z; set it before the saga starts",
            javaType = "String")
    public static final String START_AT = "CaravanStartAt";

    @Metadata(
            description = "How long from now the saga is to begin, such as 48h; set it before the saga starts",
            javaType = "String")
    public static final String START_AFTER = "CaravanStartAfter";

    @Metadata(
            description = "At saga-signal: tells a signal from another; one whose id is known changes nothing",
            javaType = "String")
    public static final String SIGNAL_ID = "CaravanSignalId";

    /**
     * Exchange property of who ended the saga: how it ended, the name of a {@code SagaStatus}. Set when the route with
     * the {@code <saga>} block, or {@code saga:complete} or {@code saga:compensate}, is done.
     */
    public static final String SAGA_STATUS = "CaravanSagaStatus";

    /** Exchange property that a route may set before {@code saga:compensate}: why the saga is undone. */
    public static final String REASON = "CaravanReason";

    /** Property of a saga's route ({@code <routeProperty>}): its version, which each saga has in its log. */
    public static final String VERSION = "saga.version";

    /**
     * Property of a route ({@code <routeProperty>}) that is kept for sagas which began with it: the id of the route that is
     * its newer version. Its sagas and steps are called after that.
     */
    public static final String VERSION_OF = "saga.version-of";

    /** Property of a step's route ({@code <routeProperty>}): {@code pivot} or {@code retriable}. */
    public static final String STEP_KIND = "saga.kind";

    /**
     * Property of a saga's route ({@code <routeProperty>}), of sagas that begin within others: {@code undone-with-parent}.
     * Such a saga is a step of its parent: it is completed when that is, and undone when that is.
     */
    public static final String CHILD = "saga.child";

    /** The one value of {@link #CHILD}. */
    static final String UNDONE_WITH_PARENT = "undone-with-parent";

    /** Property of a route ({@code <routeProperty>}) whose step is not to be called after the route's id. */
    public static final String STEP_NAME = "saga.step";

    /**
     * What options of a {@code <saga>} block begin with that say what its saga can be found by: {@code
     * caravan.attribute.customer}. Those of a step that joins change what is known. They are shown to all who see the saga.
     */
    public static final String ATTRIBUTE = "caravan.attribute.";

    /**
     * Option of a {@code <saga>} block, {@code true} or {@code false}: the step may be done twice, so that it is done again
     * when it is not known whether it was done. It is not passed on to the step's compensation.
     */
    public static final String IDEMPOTENT = "caravan.idempotent";

    /**
     * Option of a {@code <saga>} block, an expression: the key of the saga that it starts. Of starts of one route with one
     * key there is one saga. It is not passed on to the step's compensation.
     */
    public static final String KEY = "caravan.key";

    /** Property of a saga's route ({@code <routeProperty>}): as the setting {@code caravan.recovery}, for its sagas. */
    public static final String RECOVERY = "saga.recovery";

    /** Exchange property: the event that the exchange works on, as it came. */
    public static final String EVENT_PROPERTY = "CaravanEventProperty";

    private SagaConstants() {}
}
