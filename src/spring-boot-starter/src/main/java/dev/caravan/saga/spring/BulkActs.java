package dev.caravan.saga.spring;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaMention;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.monitoring.SagaPage;
import dev.caravan.saga.monitoring.SagaSummary;
import dev.caravan.saga.monitoring.SagaTimeline;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Acts of operators upon many sagas, one saga after the other at a rate. Each saga's log says who did it and why, with the
 * id of the act; the act itself is in the application's log at its begin and end. An act is this instance's: when it is
 * stopped, what was not begun is not done, and the same act, asked for again, goes on with what is left. Thread-safe.
 */
final class BulkActs {

    static final int MOST_SAGAS = 100_000;
    static final int MOST_RUNNING = 5;

    private static final Logger LOGGER = SagaLogger.of(BulkActs.class);
    private static final int MOST_KEPT = 100;
    private static final int MOST_OPEN = 64;
    private static final int SHOWN = 50;

    /** How far an act is, without what became of each saga. */
    private static final Function<SagaId, Optional<SagaSummary>> NOTHING_MORE = saga -> Optional.empty();

    private final SagaView view;
    private final SagaOperator operator;
    private final SagaAnswers answers;
    private final Timers timers;
    private final Executor workers;
    private final Map<String, BulkAct> acts = new LinkedHashMap<>();

    BulkActs(SagaView view, SagaOperator operator, SagaAnswers answers, Timers timers, Executor workers) {
        this.view = view;
        this.operator = operator;
        this.answers = answers;
        this.timers = timers;
        this.workers = workers;
    }

    /**
     * What an order would do now.
     *
     * @param sagas for which it would be done
     * @param leftOut how many not, and why
     */
    record Preview(List<SagaPage.Line> sagas, Map<String, Long> leftOut) {

        List<SagaPage.Line> first() {
            return sagas.subList(0, Math.min(SHOWN, sagas.size()));
        }
    }

    /** @throws IllegalArgumentException names what is wrong with the filter, or says that too many match */
    Preview preview(BulkOrder order) {
        List<SagaPage.Line> fit = new ArrayList<>();
        Map<String, Long> leftOut = new TreeMap<>();
        for (Optional<SagaPage.Line> found : find(order)) {
            String refusal = found.isEmpty()
                    ? "not in the list of sagas"
                    : order.refusal(found.get().saga());
            if (refusal == null) {
                fit.add(found.get());
            } else {
                leftOut.merge(refusal, 1L, Long::sum);
            }
        }
        return new Preview(fit, leftOut);
    }

    /** @return empty for one that the list does not know */
    private List<Optional<SagaPage.Line>> find(BulkOrder order) {
        if (order.sagas() == null) {
            SagaPage page = view.list(order.query(timers.clock()).all(MOST_SAGAS));
            return few(page.total(), page.sagas().stream().map(Optional::of).toList());
        }
        return few(
                order.sagas().size(),
                order.sagas().stream()
                        .distinct()
                        .map(id -> view.line(new SagaId(id)).map(saga -> new SagaPage.Line(saga, view.attention(saga))))
                        .toList());
    }

    private static List<Optional<SagaPage.Line>> few(long count, List<Optional<SagaPage.Line>> found) {
        if (count > MOST_SAGAS) {
            throw new IllegalArgumentException(
                    "That is about %d sagas; one act takes %d at most: narrow the filter".formatted(count, MOST_SAGAS));
        }
        return found;
    }

    /**
     * Begins an act. Which sagas it is about is settled now.
     *
     * @return empty: too many acts are running
     * @throws IllegalArgumentException as {@link #preview}
     */
    Optional<BulkAct.Progress> begin(BulkOrder order, String who) {
        List<SagaId> sagas = preview(order).sagas().stream()
                .map(line -> line.saga().sagaId())
                .toList();
        BulkAct act = new BulkAct(UUID.randomUUID().toString().substring(0, 8), order, who, sagas, timers.clock());
        synchronized (acts) {
            if (acts.values().stream().filter(BulkAct::isRunning).count() >= MOST_RUNNING) {
                return Optional.empty();
            }
            acts.put(act.id(), act);
            forgetTheOldest();
        }
        LOGGER.info(
                "Act {}: {} has {} done for {} sagas, {} in a second: {}",
                act.id(),
                Printable.of(who),
                order.what(),
                sagas.size(),
                order.rate(),
                Printable.of(order.why()));
        later(act);
        return Optional.of(act.progress(view::line));
    }

    private void forgetTheOldest() {
        List<String> ended = acts.values().stream()
                .filter(act -> !act.isRunning())
                .map(BulkAct::id)
                .toList();
        ended.subList(0, Math.max(0, Math.min(ended.size(), acts.size() - MOST_KEPT)))
                .forEach(acts::remove);
    }

    private void later(BulkAct act) {
        timers.schedule(Duration.ofSeconds(1).dividedBy(act.order().rate()), () -> {
            try {
                workers.execute(() -> next(act));
            } catch (RejectedExecutionException e) {
                LOGGER.debug("Act {} waits: {}", act.id(), Printable.of(e));
                later(act);
            }
        });
    }

    private void next(BulkAct act) {
        act.next(MOST_OPEN).ifPresent(saga -> act(act, saga).whenComplete((done, failure) -> {
            Throwable cause = failure == null ? null : Failures.cause(failure);
            act.became(saga, cause);
            if (cause != null && !(cause instanceof IllegalStateException)) {
                workers.execute(() -> warn(act, saga, cause));
            }
        }));
        if (act.isRunning()) {
            later(act);
        } else {
            ended(act);
        }
    }

    private CompletableFuture<Void> act(BulkAct act, SagaId saga) {
        return Failures.asFuture(() -> switch (act.order().what()) {
            case RETRY -> operator.retry(saga, act.who(), act.why());
            case RESOLVE -> operator.resolve(saga, act.who(), act.why());
            case CANCEL -> operator.cancel(saga, act.who(), act.why());
            case ANSWER ->
                answers.answer(
                        saga,
                        Step.parse(act.order().step()),
                        SagaAnswers.Answer.of(
                                act.order().body(),
                                act.order().code(),
                                act.order().error()),
                        new SagaAnswers.By(act.who(), act.why()));
        });
    }

    private void warn(BulkAct act, SagaId saga, Throwable cause) {
        LOGGER.warn(
                "Act {}: {} of saga {} failed: {}",
                act.id(),
                act.order().what(),
                view.find(saga).map(SagaTimeline::state).map(SagaMention::of).orElseGet(() -> SagaMention.of(saga)),
                Printable.of(cause));
    }

    private void ended(BulkAct act) {
        BulkAct.Progress end = act.progress(NOTHING_MORE);
        LOGGER.info(
                "Act {} of {} is {}: {} of {} sagas accepted it, {} refused",
                act.id(),
                Printable.of(act.who()),
                end.state(),
                end.accepted(),
                end.total(),
                end.refused());
    }

    Optional<BulkAct.Progress> find(String id) {
        return Optional.ofNullable(known(id)).map(act -> act.progress(view::line));
    }

    private @Nullable BulkAct known(String id) {
        synchronized (acts) {
            return acts.get(id);
        }
    }

    /** Those of this instance, the latest first. */
    List<BulkAct.Progress> all() {
        synchronized (acts) {
            List<BulkAct.Progress> all = new ArrayList<>();
            acts.values().forEach(act -> all.add(0, act.progress(NOTHING_MORE)));
            return all;
        }
    }

    /** Nothing more of it begins. */
    Optional<BulkAct.Progress> stop(String id, String who) {
        BulkAct act = known(id);
        if (act != null && act.isRunning()) {
            LOGGER.info("Act {} is stopped by {}", act.id(), Printable.of(who));
            act.stop(who);
        }
        return Optional.ofNullable(act).map(stopped -> stopped.progress(view::line));
    }
}
