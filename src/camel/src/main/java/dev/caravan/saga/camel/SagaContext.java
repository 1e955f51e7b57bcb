package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.StartedSaga.Acceptance;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OpenSteps.Open;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.StepState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange has of sagas: the block, the step and the branch that it is in, and the runs that it belongs to. One
 * object on the exchange. It never changes, since copies of an exchange share it; who changes something puts another one
 * {@linkplain #on on the exchange}. A saga that moved away and came back has its route run again: what the run before it
 * still does must not be taken for a part of that.
 */
public final class SagaContext {

    private static final String PROPERTY = "CaravanSagaContext";
    private static final SagaContext NONE = new SagaContext();

    private SagaPlace place;
    private @Nullable Step lastStep;
    private @Nullable StepState callback;
    private List<PresentRun> runs;
    private Map<String, SagaId> parts;
    private @Nullable LiveSaga resumed;
    private @Nullable CompletableFuture<Acceptance> accepted;
    private Passivation.@Nullable Mark mark;
    private boolean left;
    private boolean repeated;

    private SagaContext() {
        place = SagaPlace.NONE;
        runs = List.of();
        parts = Map.of();
    }

    private SagaContext(SagaContext other) {
        place = other.place;
        lastStep = other.lastStep;
        callback = other.callback;
        runs = other.runs;
        parts = other.parts;
        resumed = other.resumed;
        accepted = other.accepted;
        mark = other.mark;
        left = other.left;
        repeated = other.repeated;
    }

    /** Never {@code null}: an exchange may be in no saga. */
    public static SagaContext of(Exchange exchange) {
        SagaContext context = exchange.getProperty(PROPERTY, SagaContext.class);
        return context == null ? NONE : context;
    }

    /** From here on the exchange has this one. */
    void on(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    SagaPlace place() {
        return place;
    }

    /** The step of the block, or of the compensation or completion, that the exchange is in; {@code null}: none. */
    @Nullable
    Step step() {
        return place.step();
    }

    Phase phase() {
        return place.phase();
    }

    /** The step that was begun last, whether it has ended or not; {@code null}: none. Good for telling people only. */
    @Nullable
    Step lastStep() {
        return lastStep;
    }

    /** That of a compensation or completion; {@code null}: the exchange is of none. */
    @Nullable
    StepState callback() {
        return callback;
    }

    /** The innermost block that the exchange is in; {@code null}: it is in none. */
    @Nullable
    BlockRun block() {
        return place.block();
    }

    /** The innermost step whose block the exchange is in; {@code null}: none. */
    @Nullable
    Open open() {
        return place.open();
    }

    /** {@code null}: the message was not divided */
    @Nullable
    Division division() {
        return place.division();
    }

    /** May the exchange be passivated, and by whom; {@code null}: it may not. */
    Passivation.@Nullable Mark mark() {
        return mark;
    }

    /** True for an exchange whose saga goes on in another exchange. */
    boolean isLeft() {
        return left;
    }

    /** True for an exchange that does not go through the block which it comes to: its saga is somebody else's. */
    boolean isRepeated() {
        return repeated;
    }

    /** The saga that an exchange with this header is in. */
    SagaId sagaOf(String longRunningAction) {
        SagaId part = parts.get(longRunningAction);
        return part == null ? LongRunningAction.sagaId(longRunningAction) : part;
    }

    /** The saga whose route is run again with this exchange; {@code null}: it is a new one. */
    @Nullable
    LiveSaga resumed() {
        return resumed;
    }

    /** Completes when START is durable; {@code null}: nobody waits for that. */
    @Nullable
    CompletableFuture<Acceptance> accepted() {
        return accepted;
    }

    /** The run of this saga; {@code null}: the exchange belongs to none. */
    @Nullable
    PresentRun run(SagaId sagaId) {
        for (PresentRun run : runs) {
            if (run.saga().id().equals(sagaId)) {
                return run;
            }
        }
        return null;
    }

    /** True for an exchange of the saga's own route, false for one that an event from outside made. */
    public boolean isPartOf(SagaId sagaId) {
        return run(sagaId) != null;
    }

    /** True for an exchange that belongs to this run, and to none of another saga. */
    boolean isOnlyOf(LiveSaga saga) {
        return runs.size() == 1 && runs.get(0).saga() == saga;
    }

    /** The saga, if the exchange goes through the route of one that has ended, since that of its parent is run again. */
    Optional<LiveSaga> ended(SagaId sagaId) {
        return Optional.ofNullable(run(sagaId)).filter(PresentRun::hasEnded).map(PresentRun::saga);
    }

    /** The run of the innermost saga that the exchange is in; empty: that saga is not run by this exchange. */
    static Optional<PresentRun> current(Exchange exchange) {
        SagaContext context = of(exchange);
        return LongRunningAction.of(exchange)
                .filter(action -> SagaId.isValid(LongRunningAction.lastOf(action)))
                .map(action -> context.run(context.sagaOf(action)));
    }

    /** The exchange, and those that come of it, belong to this run. */
    static void bind(Exchange exchange, LiveSaga saga) {
        of(exchange).inRun(saga, exchange.getFromRouteId()).on(exchange);
    }

    /** @throws IllegalStateException the exchange belongs to a run that is over */
    void check(LiveSaga saga) {
        PresentRun run = run(saga.id());
        if (run != null && run.saga() != saga) {
            throw new IllegalStateException(
                    "Saga %s moved away and came back: its route runs again, and this run is over"
                            .formatted(saga.id()));
        }
    }

    /** @throws IllegalStateException the exchange belongs to a run, and the saga does not run here any more */
    void refuseOld(SagaId sagaId) {
        if (isPartOf(sagaId)) {
            throw new IllegalStateException(
                    "Saga %s has ended, or moved away: this run of its route is over".formatted(sagaId));
        }
    }

    /** To the end of its {@code <saga>} block, the exchange works on this step. */
    SagaContext inStep(Step step) {
        return at(place.in(step, Phase.ACTION)).with(next -> next.lastStep = step);
    }

    /** The exchange is that of a step's compensation or completion. */
    SagaContext inCallback(StepState step, Phase phase) {
        return at(place.in(step.step(), phase)).with(next -> next.callback = step);
    }

    /** To the end of its {@code <saga>} block, the exchange works on no step: a saga begins. */
    SagaContext inNoStep() {
        return at(new SagaPlace(null, Phase.ACTION, block(), open(), place.longRunningAction(), null))
                .with(next -> next.lastStep = null);
    }

    /** The exchange has come into a block. */
    SagaContext inBlock(BlockRun block) {
        return at(new SagaPlace(step(), phase(), block, open(), place.longRunningAction(), division()));
    }

    /** The block that the exchange is in is a step, which has begun and ends with the block. */
    SagaContext opening(@Nullable Open open) {
        return at(new SagaPlace(step(), phase(), block(), open, place.longRunningAction(), division()));
    }

    /** The exchange is in this saga, whatever becomes of its headers; {@code null}: in none. */
    SagaContext inSaga(@Nullable String longRunningAction) {
        return at(new SagaPlace(step(), phase(), block(), open(), longRunningAction, division()));
    }

    SagaContext divided(@Nullable Division division) {
        return at(new SagaPlace(step(), phase(), block(), open(), place.longRunningAction(), division));
    }

    SagaContext at(SagaPlace now) {
        return with(next -> next.place = now);
    }

    /** The exchange is where it was before a block; a step of another saga that was begun there is none of this one. */
    SagaContext behind(SagaContext before) {
        Step last = place.isInSagaOf(before.place) ? lastStep : before.lastStep;
        return at(before.place).with(next -> next.lastStep = last);
    }

    private SagaContext inRun(LiveSaga saga, String fromRoute) {
        Stream<PresentRun> others = runs.stream().filter(run -> !run.saga().id().equals(saga.id()));
        PresentRun its = new PresentRun(saga, fromRoute);
        return with(next -> next.runs = Stream.concat(others, Stream.of(its)).toList());
    }

    /** Ties the exchange to the saga that is in the log for its part in an LRA of others, whose id names none here. */
    SagaContext withPart(@Nullable String longRunningAction, SagaId sagaId) {
        Map<String, SagaId> all = new HashMap<>(parts);
        all.put(longRunningAction, sagaId);
        return with(next -> next.parts = all);
    }

    /** The exchange goes through the route of this saga again; {@code null}: that is known by now. */
    SagaContext resuming(@Nullable LiveSaga saga) {
        return with(next -> next.resumed = saga);
    }

    /** @param start completes when START is durable; {@code null}: nobody waits for that any more */
    SagaContext accepting(@Nullable CompletableFuture<Acceptance> start) {
        return with(next -> next.accepted = start);
    }

    SagaContext passivatedBy(Passivation.Mark by) {
        return with(next -> next.mark = by);
    }

    /** The saga goes on in another exchange. */
    SagaContext leaving() {
        return with(next -> next.left = true);
    }

    SagaContext repeating(boolean skipsItsBlock) {
        return with(next -> next.repeated = skipsItsBlock);
    }

    private SagaContext with(Consumer<SagaContext> change) {
        SagaContext next = new SagaContext(this);
        change.accept(next);
        return next;
    }

    /** Exchange properties are shown in logs and tools. */
    @Override
    public String toString() {
        return "saga %s, step %s".formatted(place.longRunningAction(), step());
    }
}
