package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StartAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Starts sagas of which there is one for each name and key, whoever asks and however often, while it runs and for a time
 * after its end. The owner of the key's partition decides; an instance that is not asks it in the log, and the saga runs
 * there. What was asked for survives a crash of either. Thread-safe.
 */
public final class StartKeys {

    private static final Duration ASKED_AGAIN = Duration.ofSeconds(2);

    private final SagaHost host;
    private final SagaRequests requests;
    private final String instance;
    private final Duration retention;
    private final KeyedStarts everything;

    StartKeys(SagaHost host, SagaRequests requests, String instance, Duration retention) {
        this.instance = instance;
        this.host = host;
        this.requests = requests;
        this.retention = retention;
        this.everything = of(0);
    }

    KeyedStarts of(int partition) {
        return new KeyedStarts(host, instance, retention, partition);
    }

    /**
     * Starts a saga, unless its key has one.
     *
     * @param start has a key
     * @return completes when START is durable, of this or of the earlier one; fails with {@link KeyTakenException} when the
     *     earlier one has another body, and with {@link SagaStartNotKnownException} when nobody answers in time: it may
     *     start yet, and can be asked for again
     */
    public CompletableFuture<Begun> start(SagaEvent.Start start, Duration timeout) {
        String key = Objects.requireNonNull(start.key(), "A start with a key has one");
        SagaId base = StartKey.base(host.application(), start.name(), key);
        return host.ownership().isReadBack()
                ? ask(base, start, host.now().plus(timeout))
                : everything.start(base, start);
    }

    private CompletableFuture<Begun> ask(SagaId base, SagaEvent.Start start, Instant end) {
        Optional<KeyedStarts> here = host.ownership().keyed(base);
        if (here.isPresent()) {
            return here.get().start(base, start);
        }
        return requests.start(base, start, ASKED_AGAIN).thenCompose(answer -> answer.map(told -> told(told, start))
                .orElseGet(() -> host.now().isBefore(end)
                        ? ask(base, start, end)
                        : CompletableFuture.failedFuture(new SagaStartNotKnownException(start.name(), start.key()))));
    }

    /** The end of a saga with a key; completes when it is COMPLETED, COMPENSATED or FAILED, wherever it runs. */
    public CompletableFuture<SagaState> ended(SagaId saga) {
        return host.live(saga)
                .map(here -> here.ended().exceptionallyCompose(moved -> requests.ended(saga)))
                .orElseGet(() -> requests.ended(saga));
    }

    private static CompletableFuture<Begun> told(StartAnswer answer, SagaEvent.Start start) {
        return Boolean.TRUE.equals(answer.otherBody())
                ? CompletableFuture.failedFuture(new KeyTakenException(answer.saga(), start.name(), start.key()))
                : CompletableFuture.completedFuture(new Begun(answer.saga(), null, answer.status()));
    }

    void answer(SagaId base, String request, Begun begun) {
        host.aside(base, new StartAnswer(request, begun.saga(), begun.before(), null));
    }

    void refuse(SagaId base, String request, SagaId taken) {
        host.aside(base, new StartAnswer(request, taken, null, true));
    }

    /** Who has the key of a saga that is taken over and is to do something, but has done nothing yet, if that is another. */
    CompletableFuture<Optional<SagaId>> otherThan(SagaState saga) {
        return StartKey.baseOf(saga.sagaId())
                .filter(base -> saga.status() == SagaStatus.EXECUTING
                        && saga.steps().isEmpty()
                        && saga.children().isEmpty())
                .flatMap(host.ownership()::keyed)
                .map(keyed -> keyed.otherThan(saga.sagaId()))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }
}
