package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.BranchPaths;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.state.SagaEvent;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.processor.LoopProcessor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/**
 * In which branch of a saga's route, and in which round of a loop, an exchange is: by what the branch is, not by which was
 * quicker. And a route that removes all headers can ask for the end of the saga that its message is in.
 */
final class SagaBranches implements InterceptStrategy {

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        String kind = BranchNodes.kind(definition);
        if (kind != null && !kind.equals(Division.TRIED)) {
            String node = BranchNodes.name((ProcessorDefinition<?>) definition);
            return definition instanceof LoopDefinition
                    ? new Loop(node, target)
                    : new Divider(kind, node, BranchNodes.stops(definition), target);
        }
        return RouteLinks.isOf(RouteLinks.SIGNAL, new RouteLinks(context).plain(definition))
                ? new Rejoin(target)
                : AsyncProcessorConverterHelper.convert(target);
    }

    /**
     * Lets a step of the saga's own route join, for the branch that the exchange is in.
     *
     * @throws StepRefusedException the branch is {@linkplain #check late}
     */
    static CompletableFuture<Step> enlist(Exchange exchange, LiveSaga saga, SagaEvent.Enlist asked) {
        String path = pathOf(exchange, saga.id());
        check(exchange, saga, path, asked.step().name());
        return saga.enlist(new SagaEvent.Enlist(
                asked.step(),
                asked.compensation(),
                asked.completion(),
                asked.options(),
                Division.partOf(exchange),
                asked.application(),
                asked.request(),
                asked.kind(),
                asked.kinds(),
                path,
                null));
    }

    /**
     * A branch that was stopped, since another one failed or took too long, may still be on its way when the route goes on
     * without it: it begins nothing any more. Nor does it when the route is run again and this branch is quicker.
     *
     * @param step {@code null}: it begins another saga
     * @throws StepRefusedException the branch is late
     */
    private static void check(Exchange exchange, LiveSaga saga, String path, @Nullable String step) {
        if (Division.isLate(exchange)
                || Division.mayBeStopped(exchange) && saga.recorded().wentOnWithout(path, step)) {
            throw new StepRefusedException(
                    "Cannot begin: the route has gone on without this branch, since another one failed or took too long"
                            + " (saga %s)".formatted(saga.id()));
        }
    }

    /** As {@link #check}, for a branch that begins another saga. */
    static void checkChild(Exchange exchange, LiveSaga saga) {
        check(exchange, saga, pathOf(exchange, saga.id()), null);
    }

    /** The path of the branch that the exchange is in, within the run of the saga. */
    static String pathOf(Exchange exchange, SagaId sagaId) {
        PresentRun run = SagaContext.of(exchange).run(sagaId);
        String path = Division.pathOf(exchange);
        return run == null || run.isFrom(exchange.getFromRouteId())
                ? path
                : BranchPaths.within(path, BranchPaths.ASIDE + Kamelets.from(exchange));
    }

    /** Divides the message. */
    private static final class Divider extends DelegateAsyncProcessor {

        private final String kind;
        private final String node;
        private final boolean stops;

        Divider(String kind, String node, boolean stops, Processor target) {
            super(target);
            this.kind = kind;
            this.node = node;
            this.stops = stops;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Division here = Division.here(exchange);
            Division division = here.at(exchange, kind, node, stops);
            Division.set(exchange, division);
            return super.process(exchange, doneSync -> {
                end(exchange, division);
                Division.set(exchange, here);
                callback.done(doneSync);
            });
        }

        private void end(Exchange exchange, Division division) {
            if (kind.equals(BranchPaths.ASIDE)) {
                return;
            }
            division.end();
            if (Failures.met(exchange).isPresent()) {
                SagaContext.current(exchange).map(PresentRun::saga).ifPresent(saga -> saga.recorded()
                        .stopped(division.path(), division.node()));
            }
        }
    }

    /** Goes round. */
    private static final class Loop extends DelegateAsyncProcessor {

        private final String node;

        Loop(String node, Processor target) {
            super(target);
            this.node = node;
            LoopProcessor loop = Wrapped.in(target, LoopProcessor.class, "loop");
            loop.setProcessor(new Round(loop.getProcessor()));
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Division here = Division.here(exchange);
            Division.set(exchange, here.at(exchange, BranchPaths.ROUND, node, false));
            return super.process(exchange, doneSync -> {
                Division.set(exchange, here);
                callback.done(doneSync);
            });
        }
    }

    private static final class Round extends DelegateAsyncProcessor {

        Round(AsyncProcessor body) {
            super(body);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Division loop = Objects.requireNonNull(Division.of(exchange));
            Division.set(exchange, loop.round(exchange));
            return super.process(exchange, doneSync -> {
                Division.set(exchange, loop);
                callback.done(doneSync);
            });
        }
    }

    /** Asks for the end of the saga that the exchange is in. */
    private static final class Rejoin extends DelegateAsyncProcessor {

        Rejoin(Processor target) {
            super(target);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            LongRunningAction.rejoin(exchange);
            return super.process(exchange, callback);
        }
    }
}
