package dev.caravan.saga.camel;

import dev.caravan.saga.camel.Effects.What;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.routes.How;
import dev.caravan.saga.routes.Node.Breaker;
import dev.caravan.saga.routes.Node.Form;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.test.Instance;
import java.util.Arrays;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.ExchangeHelper;

/** Beans of plain steps: what they do takes effect outside of their process, and nothing when that is dead. */
final class StepBeans {

    /** More than a record takes. */
    static final String TOO_LARGE = "x".repeat(1_200_000);

    private final Supplier<? extends Stage> stage;

    StepBeans(Supplier<? extends Stage> stage) {
        this.stage = stage;
    }

    private Effects effects() {
        Instance instance = stage.get().world().current();
        if (instance == null || !instance.isAlive()) {
            throw new IllegalStateException("This process is dead");
        }
        return stage.get().effects();
    }

    private static String saga(Exchange exchange) {
        String context = SagaContext.of(exchange).place().longRunningAction();
        String action = exchange.getIn()
                .getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, context == null ? "none" : context, String.class);
        return action.substring(action.lastIndexOf('/') + 1);
    }

    /** The id that the last plain step made, and what the saga began with. */
    private static String id(Exchange exchange) {
        Object photo = exchange.getIn().getHeader(RandomRoutes.PHOTO);
        return exchange.getIn().getHeader(RandomRoutes.ID, "none", String.class) + " "
                + (photo instanceof byte[] bytes ? Arrays.toString(bytes) : photo);
    }

    /** The route is about to take a step. */
    void comesTo(Exchange exchange, String ref) {
        if (effects().step(ref).how() != How.FAILS_ONCE) { // the first time has made an id
            effects().sees(saga(exchange), ref, "before", id(exchange));
        }
    }

    /** The route goes on behind a step. */
    void count(Exchange exchange, String ref) {
        effects().count(saga(exchange), ref);
        if (!effects().step(ref).isCommand()) {
            effects().sees(saga(exchange), ref, "done", id(exchange));
        }
    }

    /** A saga within, which an earlier run of the route has begun, goes on. */
    void isLate(String ref) {
        if (!stage.get().hasDied() || effects().step(ref).form() != Form.SAGA) {
            effects().isLate(ref);
        }
    }

    /** The header that choices look at, or another one when it has been forgotten. */
    int way(Exchange exchange, boolean forgets) {
        int way = exchange.getIn().getHeader("way", Integer.class);
        return forgets && stage.get().hasDied() ? 1 - way : way;
    }

    /** What a filter does, or the contrary when what it looks at has been forgotten. */
    boolean passes(boolean first, boolean forgets) {
        return first != (forgets && stage.get().hasDied());
    }

    /** Whether a circuit breaker waits for what it tries. */
    boolean isClosed(Breaker.Kind breaker) {
        return stage.get().hasDied() ? breaker != Breaker.Kind.OPENS : breaker != Breaker.Kind.CLOSES;
    }

    /** As a {@code seda} endpoint that waits for the answer does. */
    AsyncProcessor handsOver(String uri) {
        return new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                Exchange copy = ExchangeHelper.createCorrelatedCopy(exchange, false);
                stage.get().world().current().execute(() -> stage.get()
                        .template()
                        .asyncSend(uri, copy)
                        .whenComplete((sent, failure) -> {
                            ExchangeHelper.copyResults(exchange, copy);
                            callback.done(false);
                        }));
                return false;
            }
        };
    }

    void comesToItsEnd() {
        effects().comesToItsEnd();
    }

    void act(Exchange exchange, StepNode step, String ref) {
        switch (step.how()) {
            case SUCCEEDS, IS_SLOW -> take(exchange, step, ref);
            case IS_REJECTED -> throw new StepRejectedException("NO", "step " + ref + " is refused");
            case IS_WORDY -> throw new IllegalStateException("step " + ref + ": " + TOO_LARGE);
            case IS_UNKNOWN_AND_NOT_DONE -> throw new IllegalStateException("step " + ref + ": connection refused");
            case FAILS_ONCE -> {
                take(exchange, step, ref);
                if (effects().isFirst(saga(exchange), ref)) {
                    throw new IllegalStateException("step " + ref + ": connection reset");
                }
            }
            default -> {
                take(exchange, step, ref);
                throw new IllegalStateException("step " + ref + ": connection reset");
            }
        }
    }

    private void take(Exchange exchange, StepNode step, String ref) {
        Effects effects = effects();
        effects.made(saga(exchange), ref, id(exchange));
        if (step.idempotent() && effects.isInPlace(saga(exchange), ref)) {
            effects.addAgain(ref);
        } else {
            effects.add(saga(exchange), ref, What.DONE);
        }
    }

    /** A compensation or completion has the options that its step had, in their types. */
    void seesOptions(Exchange exchange) {
        Object photo = exchange.getIn().getHeader(RandomRoutes.PHOTO_OPTION);
        if (!Arrays.equals(RandomRoutes.BYTES, photo instanceof byte[] bytes ? bytes : null)) {
            effects().changed("%s as option".formatted(photo));
        }
    }

    /** Undoes or confirms a step. */
    void end(Exchange exchange, StepNode step, What what) {
        Effects effects = effects();
        String saga = saga(exchange);
        String ref =
                stage.get().refOfEnding(step.number(), what, exchange.getIn().getHeader("ref", String.class));
        if (ref == null) {
            return;
        }
        if (what == What.UNDONE && !effects.undoWorks(saga, ref)) {
            throw new IllegalStateException("database away");
        }
        boolean applies = what == What.UNDONE
                ? effects.isInPlace(saga, ref)
                : !effects.refs(saga, What.CONFIRMED).contains(ref);
        if (applies) {
            effects.add(saga, ref, what);
        }
    }
}
