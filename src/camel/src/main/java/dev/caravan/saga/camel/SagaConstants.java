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
                    "What the application calls the saga, for instance an order's id; set it before the saga starts",
            javaType = "String")
    public static final String SAGA_KEY = "CaravanSagaKey";

    /**
     * Exchange property of who ended the saga: how it ended, the name of a {@code SagaStatus}. Set when the route with
     * the {@code <saga>} block, or {@code saga:complete} or {@code saga:compensate}, is done.
     */
    public static final String SAGA_STATUS = "CaravanSagaStatus";

    /** Exchange property that a route may set before {@code saga:compensate}: why the saga is undone. */
    public static final String REASON = "CaravanReason";

    /** Property of a saga's route ({@code <routeProperty>}): its version, which each saga has in its log. */
    public static final String VERSION = "saga.version";

    /** Property of a step's route ({@code <routeProperty>}): {@code pivot} or {@code retriable}. */
    public static final String STEP_KIND = "saga.kind";

    /** Property of a route ({@code <routeProperty>}) whose step is not to be called after the route's id. */
    public static final String STEP_NAME = "saga.step";

    /**
     * Option of a {@code <saga>} block, {@code true} or {@code false}: the step may be done twice, so that it is done again
     * when it is not known whether it was done. It is not passed on to the step's compensation.
     */
    public static final String IDEMPOTENT = "caravan.idempotent";

    /** Property of a saga's route ({@code <routeProperty>}): as the setting {@code caravan.recovery}, for its sagas. */
    public static final String RECOVERY = "saga.recovery";

    /** Exchange property: the step that the exchange works on. */
    static final String STEP_PROPERTY = "CaravanStepProperty";

    /** Exchange property: the step that the exchange, or one that it came from, began last. */
    static final String LAST_STEP_PROPERTY = "CaravanLastStepProperty";

    /** Exchange property: the {@code BlockRun} of the innermost {@code <saga>} block that the exchange is in. */
    static final String BLOCK_PROPERTY = "CaravanBlockProperty";

    /** Exchange property: what ends with that block, an {@code OpenSteps.Open}. */
    static final String OPEN_PROPERTY = "CaravanOpenProperty";

    /** Exchange property: why the exchange works on it, a {@code Phase}. */
    static final String PHASE_PROPERTY = "CaravanPhaseProperty";

    /** Exchange property: a {@code CompletableFuture<LiveSaga>} that completes when START is durable. */
    static final String ACCEPTED_PROPERTY = "CaravanAcceptedProperty";

    /** Exchange property: the event that the exchange works on, as it came. */
    public static final String EVENT_PROPERTY = "CaravanEventProperty";

    /** Exchange property of a compensation or completion: the {@code StepState} of its step. */
    static final String STEP_STATE_PROPERTY = "CaravanStepStateProperty";

    /** Exchange property: what the header {@code Long-Running-Action} says, also when a route has removed it. */
    static final String SAGA_PROPERTY = "CaravanSagaProperty";

    /** Exchange property: where in its route the exchange is, a {@code Division}. */
    static final String DIVISION_PROPERTY = "CaravanDivisionProperty";

    /** Exchange property: a list of each {@code PresentRun} that the exchange belongs to. */
    static final String RUN_PROPERTY = "CaravanRunProperty";

    /** Exchange property: the {@code LiveSaga} whose route is run again. */
    static final String RESUMED_PROPERTY = "CaravanResumedProperty";

    /** Exchange property: says that the exchange may be passivated, and by whom. */
    static final String PASSIVATION_PROPERTY = "CaravanPassivationProperty";

    /** Exchange property: the exchange was passivated. */
    static final String PASSIVATED_PROPERTY = "CaravanPassivatedProperty";

    private SagaConstants() {}
}
