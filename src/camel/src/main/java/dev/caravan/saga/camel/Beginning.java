package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.Begun;
import dev.caravan.saga.engine.LiveSaga;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.jspecify.annotations.Nullable;

/** A saga that an exchange begins: first its id is reserved, then it starts. */
final class Beginning {

    private final Decider decider;
    private final Exchange exchange;
    private final KeptMessage message;
    private final long timeLimit;
    private final @Nullable Instant at;
    private final BiFunction<LiveSaga, OptionalLong, CamelSagaCoordinator> coordinator;

    /**
     * @param at when it is to begin; {@code null}: now
     * @param coordinator what the saga is to a block that starts it with a time limit in ms; 0: none
     */
    Beginning(
            Decider decider,
            Exchange exchange,
            @Nullable Instant at,
            BiFunction<LiveSaga, OptionalLong, CamelSagaCoordinator> coordinator) {
        this.decider = decider;
        this.exchange = exchange;
        this.at = at;
        this.timeLimit = RouteTimeLimit.of(exchange);
        this.message = KeptMessage.of(exchange);
        this.coordinator = coordinator;
    }

    /** @return what the saga will carry as {@code Long-Running-Action} */
    CompletableFuture<String> reserve(Predicate<SagaId> wanted) {
        return decider.reserve(timeLimit, wanted);
    }

    /** What the saga was to carry that was reserved before a crash and not started; empty: another one is reserved. */
    Optional<String> again(SagaId reserved) {
        return decider.again(reserved);
    }

    /** Of the starts with this key, the one saga. */
    CompletableFuture<Begun> once(String key) {
        return decider.startOnce(key, exchange, message, at);
    }

    /** True for a saga that is to begin at a time that has yet to come. */
    boolean isScheduled() {
        return at != null;
    }

    /** Accepts a saga that begins when its time has come, or at once if somebody can decide then how it ends. */
    CompletableFuture<LiveSaga> later() {
        return decider.startLater(exchange, message, at);
    }

    /** @param parent the saga in whose route it begins; {@code null}: none */
    CompletableFuture<LiveSaga> start(String longRunningAction, @Nullable SagaId parent) {
        return decider.start(longRunningAction, exchange, message, parent);
    }

    /** The saga as its route sees it. */
    CamelSagaCoordinator coordinator(LiveSaga saga) {
        return coordinator.apply(saga, OptionalLong.of(timeLimit));
    }
}
