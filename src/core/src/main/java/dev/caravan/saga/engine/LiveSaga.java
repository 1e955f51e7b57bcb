package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.IllegalTransitionException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One saga that this instance runs. Thread-safe. Futures complete on the host's executor, or, of a step that the saga's
 * own route enlists, on a thread for routes; never on one of Kafka's.
 */
public final class LiveSaga {

    private final SagaHost host;
    private final CompletableFuture<SagaState> ended = new CompletableFuture<>();
    private final RecordedRun run = new RecordedRun();
    private final PendingReplies pending = new PendingReplies();
    private final ReadBacks readBacks = new ReadBacks();
    private final Workers workers = new Workers();
    private final OpenSteps open = new OpenSteps();
    private final PendingCallbacks calls = new PendingCallbacks();
    private final LateReplies late = new LateReplies();
    private SagaState state;
    private boolean released;

    LiveSaga(SagaHost host, SagaState state) {
        this.host = host;
        this.state = state;
        runAgain();
    }

    public SagaId id() {
        return state().sagaId();
    }

    public synchronized SagaState state() {
        return state;
    }

    /** Completes when the saga is COMPLETED, COMPENSATED or FAILED and the log says so; fails when it goes on elsewhere. */
    public CompletableFuture<SagaState> ended() {
        return ended;
    }

    /** True as soon as the saga goes on in another instance: nothing that is done with it here counts any more. */
    public synchronized boolean isGone() {
        return released;
    }

    /**
     * Appends an event to the log, with its texts shortened where they are very long. When it is not certain whether it is
     * in the log, the saga is let go: it is taken over again from what the log says. One that is too large is not in it.
     *
     * @return completes when it is durable; fails with {@link IllegalTransitionException} when the state forbids it
     */
    public CompletableFuture<Void> append(SagaEvent event) {
        return write(event).thenApplyAsync(this::concluded, host.executor());
    }

    /**
     * Appends what has happened: a reply, a compensation that is done. Where the log decides, nothing waits until it is
     * durable: what follows from it is read back. What a crash loses is asked for again in the same order.
     */
    public CompletableFuture<Void> note(SagaEvent event) {
        if (state().started().coordinator() != null) {
            return append(event);
        }
        CompletableFuture<SagaState> written = write(event);
        return written.isCompletedExceptionally()
                ? written.thenAccept(after -> {})
                : CompletableFuture.completedFuture(null);
    }

    CompletableFuture<SagaState> write(SagaEvent asked) {
        SagaState after;
        CompletableFuture<Void> appended;
        synchronized (this) {
            SagaEvent event = ShortTexts.of(asked, state);
            boolean takesOver = event instanceof SagaEvent.Resume;
            if (released) {
                return CompletableFuture.failedFuture(ReadBacks.moved(id()));
            }
            if (!takesOver && isBeingTakenOver()) {
                return CompletableFuture.failedFuture(ReadBacks.takenOver(id()));
            }
            if (!takesOver && !state.allows(event)) {
                return CompletableFuture.failedFuture(new IllegalTransitionException(
                        state.sagaId(), state.status(), event.transition().orElseThrow()));
            }
            int epoch = takesOver ? state.epoch() + 1 : state.epoch();
            SagaLogEntry entry = new SagaLogEntry(state.sagaId(), state.nextSequence(), epoch, host.now(), event);
            after = state.apply(entry);
            SagaState before = state;
            state = after;
            try {
                appended = host.append(entry, after);
            } catch (RuntimeException e) {
                state = before;
                return CompletableFuture.failedFuture(e);
            }
            if (TooLarge.is(appended)) {
                state = before;
                TooLarge.instead(event).ifPresent(this::write);
                return appended.thenApply(done -> after);
            }
        }
        pending.abandonActions(after).forEach(abandoned -> host.executor().execute(abandoned::fail));
        return appended.whenComplete((done, failure) -> host.letGo(this, failure))
                .thenApply(done -> after);
    }

    /** Appends an event; completes when it is read back, where that is needed; fails if not allowed, or the saga has moved. */
    public CompletableFuture<Void> decide(SagaEvent event) {
        return decide(event, host.executor());
    }

    private CompletableFuture<Void> decide(SagaEvent event, Executor next) {
        if (!host.ownership().isReadBack()) {
            return append(event);
        }
        CompletableFuture<SagaState> readBack;
        CompletableFuture<SagaState> written;
        synchronized (this) {
            long sequence = state.nextSequence();
            readBack = readBacks.expect(sequence, event);
            written = write(event);
            if (written.isCompletedExceptionally()) {
                readBacks.remove(sequence);
            }
        }
        return written.thenCompose(done -> readBack).thenApplyAsync(this::concluded, next);
    }

    /** @return false when the log says that it is another instance's: of two takeovers in one epoch, the first one's */
    boolean read(SagaLogEntry entry, SagaState after) {
        CompletableFuture<SagaState> readBack;
        synchronized (this) {
            if (after.epoch() > state.epoch()) {
                return false;
            }
            boolean current = entry.epoch() == state.epoch();
            readBack = current ? readBacks.take(entry.sequence(), entry.event()) : null;
            if (readBack == null) {
                return (!current || !readBacks.isExpected(entry.sequence()))
                        && (!isBeingTakenOver() || after.epoch() != state.epoch());
            }
            if (entry.event() instanceof SagaEvent.Resume) {
                // the one before may have appended more, until it learned of this
                state = after;
                runAgain();
            }
        }
        readBack.complete(after);
        return true;
    }

    /** True until it was read back that this instance has the saga now. */
    synchronized boolean isBeingTakenOver() {
        return readBacks.includesTakeover();
    }

    /** Goes on elsewhere: nothing is appended any more. */
    synchronized void release() {
        released = true;
    }

    /** Who waits for a reply, or for its end, learns that it was released. */
    void tellReleased() {
        Exception moved = ReadBacks.moved(id());
        synchronized (this) {
            readBacks.takeAll().forEach(readBack -> host.executor()
                    .execute(() -> readBack.completeExceptionally(moved)));
        }
        pending.abandonAll(id()).forEach(abandoned -> host.executor().execute(abandoned::fail));
        host.executor().execute(() -> calls.abandonAll(moved));
        host.executor().execute(() -> ended.completeExceptionally(moved));
    }

    /** The exchanges that work on its steps. */
    public Workers workers() {
        return workers;
    }

    /** Where its route goes on. */
    public RouteThreads routeThreads() {
        return host.threads().routes();
    }

    /** The steps that its route is at. */
    public OpenSteps open() {
        return open;
    }

    /** What the log says of earlier runs of its route. */
    public RecordedRun recorded() {
        return run;
    }

    /** The route is run again from its beginning, in this instance: what it has done is found again. */
    public synchronized void runAgain() {
        run.startAgain(state);
    }

    private Void concluded(SagaState after) {
        if (after.status().isTerminal() && !ended.isDone()) {
            host.ended(this, after);
            ended.complete(after);
        }
        return null;
    }

    /** Writes down again all that is known of the saga, so that a reader may begin there. */
    synchronized CompletableFuture<Void> carryForward() {
        return CarryForward.of(this).thenApplyAsync(this::concluded, host.executor());
    }

    /** Appends the event if the state allows it, and does nothing otherwise. */
    public synchronized CompletableFuture<Void> appendIfAllowed(SagaEvent event) {
        return state.allows(event) ? append(event) : CompletableFuture.completedFuture(null);
    }

    /**
     * Lets a step of the saga's own route join. The n-th step of a name in a run of the route is the n-th in the log, so
     * that a route that is run again after a crash finds its steps.
     *
     * @return the step; completes when its enlistment is durable and was read back: an instance that has lost the saga
     *     would otherwise send a command of a step that the next one does not know and never undoes
     */
    public CompletableFuture<Step> enlist(
            String name, @Nullable String compensation, @Nullable String completion, Map<String, Object> options) {
        return enlist(new SagaEvent.Enlist(new Step(name, 1), compensation, completion, options));
    }

    /** Like {@link #enlist(String, String, String, Map)}; the event's step has the wanted name. */
    public synchronized CompletableFuture<Step> enlist(SagaEvent.Enlist event) {
        return enlistAs(run.next(state.steps(), event), event, host.threads().ofRoutes());
    }

    /**
     * Lets a step join that an event asks for, not the saga's own route: the same one as before if the event came again. Fails
     * with {@link StepRefusedException} when the saga is not EXECUTING.
     */
    public synchronized CompletableFuture<Step> enlistByEvent(SagaEvent.Enlist event) {
        return enlistAs(EnlistedByEvents.stepOf(state.steps(), event), event, host.executor());
    }

    /** Like {@link #enlistByEvent}, for a message whose sender waits for the answer: in one run, none comes again. */
    public synchronized CompletableFuture<Step> enlistByCall(SagaEvent.Enlist event) {
        return enlistAs(run.nextOfCall(state.steps(), event), event, host.executor());
    }

    private CompletableFuture<Step> enlistAs(Step step, SagaEvent.Enlist asked, Executor next) {
        SagaEvent.Enlist event = EnlistedByEvents.as(step, asked, run);
        if (event.request() == null && state.step(step).isPresent()) {
            return CompletableFuture.completedFuture(step);
        }
        if (state.status() != SagaStatus.EXECUTING || state.isScheduled()) {
            return CompletableFuture.failedFuture(new StepRefusedException("Cannot begin: "
                    + (state.isScheduled() ? "the saga has not begun" : "status is " + state.status())));
        }
        return decide(event, next).thenApply(done -> step);
    }

    /** What other applications were called for. */
    public PendingCallbacks calls() {
        return calls;
    }

    /**
     * A reply to this command will meet the returned future. Asked again for the same command, it is the same one. The
     * future of an action fails as soon as the saga is not EXECUTING: do not send the command if it has failed already.
     *
     * @param service who says to be another one does not answer it; {@code null}: any may
     */
    public PendingReplies.Pending expect(Step step, @Nullable String service, String command, boolean action) {
        PendingReplies.Pending expected = pending.expect(step, service, command, action);
        pending.abandonActions(state()).forEach(PendingReplies.Abandoned::fail);
        return expected;
    }

    /** Nobody waits for this command any more. */
    public void forget(PendingReplies.Pending reply) {
        pending.forget(reply);
    }

    PendingReplies pending() {
        return pending;
    }

    LateReplies late() {
        return late;
    }
}
