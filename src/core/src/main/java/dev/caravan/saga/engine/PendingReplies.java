package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The commands of one saga whose replies are waited for. Thread-safe. */
public final class PendingReplies {

    private List<Pending> waiting = List.of();

    /**
     * One command that was sent, or what is awaited of whom nothing was asked.
     *
     * @param service that it was sent to; {@code null}: not known
     * @param action false for a compensation or a completion
     */
    public record Pending(
            Step step, @Nullable String service, String command, boolean action, CompletableFuture<SagaReply> reply) {}

    /** A command that nobody waits for any more because the saga left EXECUTING. */
    record Abandoned(Pending pending, String reason) {
        void fail() {
            pending.reply().completeExceptionally(new IllegalStateException(reason));
        }
    }

    Pending expect(Step step, String command, boolean action) {
        return expect(step, null, command, action);
    }

    synchronized Pending expect(Step step, @Nullable String service, String command, boolean action) {
        return find(step, command).orElseGet(() -> {
            Pending pending = new Pending(step, service, command, action, new CompletableFuture<>());
            waiting = SmallLists.plus(waiting, pending);
            return pending;
        });
    }

    synchronized void forget(Pending pending) {
        waiting = SmallLists.minus(waiting, pending);
    }

    /** A reply without a command meets the one outstanding command of its step. */
    synchronized Optional<Pending> take(SagaReply reply) {
        Optional<Pending> met = find(reply);
        met.ifPresent(this::forget);
        return met;
    }

    synchronized Optional<Pending> take(Step step, String command) {
        Optional<Pending> met = find(step, command);
        met.ifPresent(this::forget);
        return met;
    }

    synchronized Optional<Pending> find(Step step, String command) {
        return Optional.ofNullable(SmallLists.find(
                waiting,
                pending -> pending.step().equals(step) && pending.command().equals(command)));
    }

    /** The command that the reply would meet. */
    synchronized Optional<Pending> find(SagaReply reply) {
        List<Pending> candidates = waiting.stream()
                .filter(pending -> pending.step().equals(reply.step()))
                .filter(pending -> reply.command() == null || reply.command().equals(pending.command()))
                .toList();
        return candidates.size() == 1 ? Optional.of(candidates.get(0)) : Optional.empty();
    }

    /** When the saga has left EXECUTING, its actions are of no use any more. */
    synchronized List<Abandoned> abandonActions(SagaState state) {
        return state.status() == SagaStatus.EXECUTING
                ? List.of()
                : abandon(Pending::action, "Saga %s is %s".formatted(state.sagaId(), state.status()));
    }

    /** The saga goes on in another instance. */
    synchronized List<Abandoned> abandonAll(SagaId sagaId) {
        return abandon(pending -> true, "Saga %s goes on in another instance".formatted(sagaId));
    }

    private List<Abandoned> abandon(Predicate<Pending> which, String reason) {
        List<Abandoned> abandoned = waiting.stream()
                .filter(which)
                .map(pending -> new Abandoned(
                        pending,
                        "%s: step %s no longer waits for %s".formatted(reason, pending.step(), pending.command())))
                .toList();
        abandoned.forEach(one -> waiting = SmallLists.minus(waiting, one.pending()));
        return abandoned;
    }
}
