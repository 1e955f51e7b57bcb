package dev.caravan.saga.camel;

import dev.caravan.saga.engine.LiveSaga;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/**
 * What a circuit breaker tries is a branch, which the fallback leaves behind: steps that are still at work in it have
 * broken off, which the log says before the route goes on. A route that is run again goes the way that the log says, whatever
 * the state of its breaker is by now.
 */
final class Breakers implements InterceptStrategy {

    /** The exchange that came to the breaker, on those that come of it. */
    private static final String DIVIDED = "CaravanDivided";

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        if (definition instanceof CircuitBreakerDefinition breaker) {
            return new Breaker(BranchNodes.name(breaker), target, BreakerAgain.of(context, breaker, target));
        }
        if (definition.getParent() instanceof CircuitBreakerDefinition breaker) {
            List<ProcessorDefinition<?>> tried = breaker.getOutputs();
            if (tried.get(tried.size() - 1) == definition) {
                return new Last(target);
            }
            if (!tried.contains(definition)
                    && breaker.getOnFallback().getOutputs().get(0) == definition) {
                return new Fallback(target);
            }
        }
        return AsyncProcessorConverterHelper.convert(target);
    }

    private static Optional<LiveSaga> saga(Exchange exchange) {
        return SagaContext.current(exchange).map(PresentRun::saga);
    }

    /**
     * The route goes on without the branch.
     *
     * @param late why it is not waited for; {@code null}: it has come to its end
     * @return completes when it is durable that what is at work there is not waited for
     */
    private static CompletableFuture<Void> leave(LiveSaga saga, Division way, @Nullable String late) {
        way.end();
        saga.recorded().stopped(way.path(), way.node());
        return late == null
                ? DONE
                : CompletableFuture.allOf(saga.open().which(open -> true).stream()
                        .flatMap(open -> open.step().stream())
                        .distinct()
                        .filter(step -> saga.state().step(step).stream()
                                .anyMatch(
                                        known -> way.contains(known.enlistment().path())))
                        .map(step -> StepEnds.giveUp(saga, step, late))
                        .toArray(CompletableFuture[]::new));
    }

    private static void goOn(Exchange exchange, CompletableFuture<Void> known, LiveSaga saga, Runnable next) {
        if (known.isDone() && !known.isCompletedExceptionally()) {
            next.run();
            return;
        }
        RouteWait.of(exchange, known, saga.routeThreads()).whenComplete((done, failure) -> {
            if (failure != null) {
                exchange.setException(new IllegalStateException(Failures.cause(failure)));
            }
            next.run();
        });
    }

    private static final class Breaker extends DelegateAsyncProcessor {

        private final String node;
        private final AsyncProcessor again;

        Breaker(String node, Processor target, AsyncProcessor again) {
            super(target);
            this.node = node;
            this.again = again;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Optional<LiveSaga> saga = saga(exchange);
            if (saga.isEmpty()) {
                return super.process(exchange, callback);
            }
            Division here = Division.here(exchange);
            Division way = here.at(exchange, Division.TRIED, node, true);
            Division.set(exchange, way);
            exchange.setProperty(DIVIDED, exchange);
            AsyncProcessor target = saga.get().recorded().hasBegunIn(way.branch()) ? again : processor;
            target.process(exchange, doneSync -> {
                Optional<Exception> failure = Failures.met(exchange);
                Division.set(exchange, here);
                exchange.removeProperty(DIVIDED);
                way.end();
                CompletableFuture<Void> left = failure.map(met ->
                                leave(saga.get(), way, met instanceof TimeoutException ? Failures.text(met) : null))
                        .orElse(DONE);
                goOn(exchange, left, saga.get(), () -> callback.done(false));
            });
            return false;
        }
    }

    /** Of the first node: the exchange has left the branch. */
    private static final class Fallback extends DelegateAsyncProcessor {

        Fallback(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Optional<LiveSaga> saga = saga(exchange);
            Division way = Division.of(exchange);
            if (saga.isEmpty() || way == null || !way.isTriedBy(exchange)) {
                return super.process(exchange, callback);
            }
            Division.set(exchange, way.outer());
            boolean failed = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT) != null;
            goOn(
                    exchange,
                    leave(saga.get(), way, failed ? null : "its circuit breaker did not wait for it"),
                    saga.get(),
                    () -> super.process(exchange, callback));
            return false;
        }
    }

    /**
     * Camel gives the exchange what a branch left for which it does not wait any more, whatever that exchange is at by then:
     * such a branch leaves nothing.
     */
    private static final class Last extends DelegateAsyncProcessor {

        Last(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            return super.process(exchange, doneSync -> {
                Exchange divided = exchange.getProperty(DIVIDED, Exchange.class);
                if (divided != null && divided != exchange && Division.isLate(exchange)) {
                    exchange.removeProperties("*");
                    exchange.setMessage(divided.getMessage());
                    exchange.setException(divided.getException());
                }
                callback.done(doneSync);
            });
        }
    }
}
