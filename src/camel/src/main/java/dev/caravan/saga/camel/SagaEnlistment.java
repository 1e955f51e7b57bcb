package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OpenSteps.Open;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.Attributes;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaStep;
import org.jspecify.annotations.Nullable;

/** How a {@code <saga>} block joins its saga, read from the exchange at that moment. */
public final class SagaEnlistment {

    private final Exchange exchange;
    private final String name;
    private final @Nullable String compensation;
    private final @Nullable String completion;
    private final KeptOptions options;
    private final boolean idempotent;
    private final boolean starts;

    private SagaEnlistment(Exchange exchange, CamelSagaStep step, KeptOptions options, boolean starts) {
        this.exchange = exchange;
        this.starts = starts;
        this.idempotent = StepOptions.isIdempotent(exchange, step);
        this.name = Steps.nameOfRoute(exchange);
        CallbackAddresses addresses = CallbackAddresses.of(exchange.getContext());
        this.compensation = step.getCompensation()
                .map(Endpoint::getEndpointUri)
                .map(addresses::inLog)
                .orElse(null);
        this.completion = step.getCompletion()
                .map(Endpoint::getEndpointUri)
                .map(addresses::inLog)
                .orElse(null);
        this.options = options;
    }

    /**
     * Of a block that joins a saga.
     *
     * @return empty for a block that is {@linkplain #isStep no step}
     */
    public static Optional<SagaEnlistment> of(Exchange exchange, CamelSagaStep step) {
        return isStep(exchange, step) ? Optional.of(enlistment(exchange, step, false)) : Optional.empty();
    }

    /**
     * Of the block that starts a saga; from here on, the exchange is in no step of the saga that it was in before.
     *
     * @return empty for a block that declares neither compensation nor completion nor options: it only spans others
     */
    public static Optional<SagaEnlistment> ofStart(Exchange exchange, CamelSagaStep step) {
        SagaContext.of(exchange).inNoStep().on(exchange);
        return isDeclared(step) ? Optional.of(enlistment(exchange, step, true)) : Optional.empty();
    }

    /**
     * A block that joins a saga is a step of it, whatever it declares and calls. Only one that is there to end the saga
     * is none.
     */
    public static boolean isStep(Exchange exchange, CamelSagaStep step) {
        return isDeclared(step) || Steps.kindOfRoute(exchange) != null || !SagaBlocks.onlyEnds(exchange);
    }

    private static boolean isDeclared(CamelSagaStep step) {
        return step.getCompensation().isPresent()
                || step.getCompletion().isPresent()
                || !step.getOptions().isEmpty();
    }

    private static SagaEnlistment enlistment(Exchange exchange, CamelSagaStep step, boolean starts) {
        return new SagaEnlistment(exchange, step, KeptOptions.of(exchange, step), starts);
    }

    /**
     * @param undo has the saga undone for a reason; completes when that is decided
     * @return the step; completes when its enlistment is durable, and from then on the exchange works on it. Fails with
     *     {@link StepRefusedException} when it is in doubt whether the step was done before a crash: the saga is undone then
     */
    public CompletableFuture<Step> into(LiveSaga saga, Function<SagaEvent, CompletableFuture<Void>> undo) {
        SagaContext.of(exchange).check(saga);
        if (!starts && SagaContext.of(exchange).phase() != Phase.ACTION) {
            return CompletableFuture.failedFuture(
                    new StepRefusedException("Cannot begin: the %s of step %s has no steps of its own (saga %s)"
                            .formatted(
                                    SagaContext.of(exchange).phase(),
                                    SagaContext.of(exchange).step(),
                                    saga.id())));
        }
        Open coming = saga.open().coming(exchange.getExchangeId());
        return Failures.called(() -> joined(saga))
                .thenCompose(step -> describe(saga, step))
                .thenCompose(step -> begin(saga, step))
                .thenCompose(step -> again(saga, step, undo))
                .whenComplete((begun, failure) -> coming.end());
    }

    private CompletableFuture<Step> joined(LiveSaga saga) {
        return SagaContext.of(exchange).isPartOf(saga.id())
                ? SagaBranches.enlist(exchange, saga, event(null))
                : saga.enlistByEvent(event(null));
    }

    /** A step that an earlier run of the route had done says nothing again: another one may have said more since. */
    private CompletableFuture<Step> describe(LiveSaga saga, Step step) {
        boolean done = starts
                || saga.recorded().isOfEarlier(step)
                        && saga.state()
                                .step(step)
                                .filter(known -> known.status() != StepStatus.ENLISTED)
                                .isPresent();
        Map<String, Object> attributes = done ? Map.of() : SagaAttributes.of(exchange);
        return attributes.isEmpty()
                ? CompletableFuture.completedFuture(step)
                : saga.note(new Attributes(attributes)).thenApply(noted -> step);
    }

    /** Of a block that starts a saga, what it does outside of any other is undone by its compensation only. */
    private CompletableFuture<Step> again(LiveSaga saga, Step step, Function<SagaEvent, CompletableFuture<Void>> undo) {
        BlockRun run = SagaContext.of(exchange).block();
        if (run == null || !SagaContext.of(exchange).isPartOf(saga.id()) || starts && compensation == null) {
            return CompletableFuture.completedFuture(step);
        }
        run.joined(saga, step, starts);
        return StepAgain.of(run, exchange.getContext(), step, idempotent, undo);
    }

    private CompletableFuture<Step> begin(LiveSaga saga, Step step) {
        boolean opens = !starts && SagaContext.of(exchange).block() != null;
        Open open = opens ? saga.open().begin(step, exchange.getExchangeId()) : null;
        StepFailure broken = saga.state()
                .step(step)
                .map(known -> known.failures().get(UnfinishedSteps.BLOCK))
                .orElse(null);
        if (broken != null) {
            BlockRun run = SagaContext.of(exchange).block();
            if (run != null) {
                run.brokeOff(saga, step, broken.within());
            }
            return breakOff(saga, step, broken, open);
        }
        if (opens) {
            SagaContext.of(exchange).opening(open).on(exchange);
        }
        return CompletableFuture.completedFuture(begin(step));
    }

    /** A block that broke off does so again in a route that is run again, and leaves what it left. */
    private CompletableFuture<Step> breakOff(LiveSaga saga, Step step, StepFailure broken, @Nullable Open open) {
        if (open != null) {
            open.breakOff(broken.error(), broken.within());
        }
        if (broken.left() != null && broken.left().unkept() == null) {
            KeptMessage.of(broken.left()).replace(exchange);
        }
        return CompletableFuture.failedFuture(RecordedException.of(exchange.getContext(), saga.id(), step, broken));
    }

    /** Like {@link #into(LiveSaga, Function)}, for a saga that runs elsewhere; fails when the step is not let in. */
    CompletableFuture<Step> into(SagaId sagaId, SagaRequests requests, Duration timeout) {
        return requests.enlist(sagaId, event(requests.application()), timeout).thenApply(this::begin);
    }

    /** What it asks for; which occurrence of its name the step is, is not known yet. */
    SagaEvent.Enlist asked() {
        return event(null);
    }

    private SagaEvent.Enlist event(@Nullable String application) {
        return new SagaEvent.Enlist(
                new Step(name, 1),
                compensation,
                completion,
                options.values(),
                null,
                application,
                null,
                Steps.kindOfRoute(exchange),
                options.kinds(),
                null);
    }

    private Step begin(Step step) {
        SagaContext.of(exchange).inStep(step).on(exchange);
        return step;
    }

    /** Why a route that has come to its end wants its saga undone: FAIL, or TIMEOUT of a step. */
    public static SagaEvent reasonToCompensate(Exchange exchange) {
        Exception cause = Failures.met(exchange)
                .orElseGet(() -> exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        Step step = SagaContext.of(exchange).lastStep();
        if (cause instanceof StepTimedOutException) {
            return new SagaEvent.Timeout(step, Failures.text(cause));
        }
        String reason = exchange.getProperty(SagaConstants.REASON, "The route asked for it", String.class);
        return new SagaEvent.Fail(step, cause == null ? reason : Failures.text(cause));
    }
}
