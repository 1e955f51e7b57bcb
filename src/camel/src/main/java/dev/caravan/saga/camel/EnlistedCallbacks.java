package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.CallbackEvents;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * Runs the compensations and completions of steps with which this application takes part in sagas of others. Called
 * again for one that is running, it joins that; for one that was done lately, it is done. After a crash it runs again.
 */
public final class EnlistedCallbacks {

    private static final int REMEMBERED = 10_000;

    private final CallbackRoutes routes;
    private final SagaRequests requests;
    private final Map<Key, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
    private final Set<Key> done = Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    private record Key(SagaId sagaId, Step step, Phase phase) {}

    /** @param threads run the compensations and completions */
    public EnlistedCallbacks(CamelContext context, SagaRequests requests, RouteThreads threads) {
        this.routes = new CallbackRoutes(context, threads);
        this.requests = requests;
    }

    /** The step, if this application enlisted it in another's saga. */
    public static boolean isEnlisted(SagaState saga, Step step, String application) {
        return saga.step(step)
                .filter(known -> application.equals(known.enlistment().application()))
                .isPresent();
    }

    /**
     * Runs it, and says in the saga's log that it is done.
     *
     * @param longRunningAction what the callback's exchange carries as the header of that name
     * @return completes when that is durable; fails when the route failed
     */
    public CompletableFuture<Void> run(SagaState saga, Step step, Phase phase, String longRunningAction) {
        Key key = new Key(saga.sagaId(), step, phase);
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> first = running.putIfAbsent(key, mine);
        if (first != null) {
            return first;
        }
        once(key, saga, longRunningAction)
                .thenCompose(ran -> requests.ask(saga.sagaId(), CallbackEvents.done(phase, step)))
                .whenComplete((told, failure) -> {
                    running.remove(key, mine);
                    if (failure == null) {
                        mine.complete(null);
                    } else {
                        mine.completeExceptionally(Failures.cause(failure));
                    }
                });
        return mine;
    }

    private CompletableFuture<Void> once(Key key, SagaState saga, String longRunningAction) {
        StepState step = saga.step(key.step()).orElseThrow();
        boolean nothing = (key.phase() == Phase.COMPENSATION ? step.compensation() : step.completion()).isEmpty();
        return nothing || done.contains(key)
                ? CompletableFuture.completedFuture(null)
                : routes.call(null, step, key.phase(), longRunningAction).thenRun(() -> done.add(key));
    }

    /** The log calls: what goes wrong is told there, and whoever called decides whether it is tried again. */
    public void called(SagaState saga, SagaEvent.Call call) {
        run(saga, call.step(), call.phase(), LongRunningAction.of(saga)).exceptionally(failure -> {
            failed(saga, call, failure);
            return null;
        });
    }

    private void failed(SagaState saga, SagaEvent.Call call, Throwable failure) {
        int attempt = StepCallbacks.waits(failure)
                ? 0
                : saga.step(call.step()).orElseThrow().attempts() + 1;
        requests.ask(
                saga.sagaId(),
                CallbackEvents.retry(call.phase(), call.step(), attempt, Failures.text(failure), refusal(failure)));
    }

    private static @Nullable String refusal(Throwable failure) {
        return StepRejectedException.in(failure)
                .map(StepRejectedException::code)
                .orElse(null);
    }
}
