package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import dev.caravan.saga.engine.OpenSteps.Open;
import dev.caravan.saga.state.SagaState;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.PropertyExpressionDefinition;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.processor.saga.SagaProcessor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@code <saga>} block begins and ends. The step that a block is, is that of the exchange inside of the block and
 * no further; behind it, the exchange is in the step, in the saga, and in the branch, that it was in before. So a command
 * goes out in the name of the block that it stands in, or in its own.
 */
final class SagaBlocks implements InterceptStrategy {

    private SagaBlocks() {}

    /**
     * Has the blocks and branches of the routes looked after that start from now on, and refuses another saga service. Once
     * is enough, more do not harm.
     */
    static void watch(CamelContext context) {
        RouteProperties.watch(context);
        ExtendedCamelContext extension = context.getCamelContextExtension();
        if (extension.getInterceptStrategies().stream().noneMatch(SagaBlocks.class::isInstance)) {
            extension.addInterceptStrategy(new SagaBlocks());
            extension.addInterceptStrategy(new WireTaps());
            extension.addInterceptStrategy(new SagaBranches());
            extension.addInterceptStrategy(new Breakers());
            extension.addInterceptStrategy(KeptClaims.STRATEGY);
            extension.addInterceptStrategy(new IdempotentAgain());
        }
        OnlyService.guard(context);
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        if (definition instanceof SagaDefinition block) {
            SagaProcessor saga = Wrapped.in(target, SagaProcessor.class, "<saga> block");
            saga.setProcessor(new BlockBody(saga.getProcessor()));
            return new Block(context, block, target);
        }
        return AsyncProcessorConverterHelper.convert(target);
    }

    /**
     * True when the innermost block of the exchange is there to end the saga, by {@code saga:complete} or {@code
     * saga:compensate}, and asks nothing of a participant: it is no step.
     */
    static boolean onlyEnds(Exchange exchange) {
        BlockRun run = SagaContext.of(exchange).block();
        return run != null && run.block().onlyEnds;
    }

    /** True for a block that is there to end the saga, and asks nothing of a participant. */
    static boolean onlyEnds(RouteLinks links, SagaDefinition block) {
        return sends(links, block, plain -> RouteLinks.isOf(RouteLinks.SIGNAL, plain))
                && !sends(links, block, RouteLinks::isCommand);
    }

    private static boolean sends(RouteLinks links, ProcessorDefinition<?> node, Predicate<String> to) {
        return node.getOutputs().stream().anyMatch(child -> to.test(links.plain(child)) || sends(links, child, to));
    }

    static final class Block extends DelegateAsyncProcessor {

        private final SagaDefinition definition;
        private final boolean onlyEnds;
        private final boolean needsEnd;
        private final boolean leaves;
        private final @Nullable PropertyExpressionDefinition key;
        private final List<PropertyExpressionDefinition> attributes;
        private final ChosenCommands chosen;

        Block(CamelContext context, SagaDefinition definition, Processor target) {
            super(target);
            this.definition = definition;
            this.needsEnd = !PlainWork.isOneCommand(context, definition);
            this.onlyEnds = SagaBlocks.onlyEnds(new RouteLinks(context), definition);
            this.key = StepOptions.keyOf(definition);
            this.attributes = StepOptions.attributesOf(definition);
            this.chosen = new ChosenCommands(context, definition);
            this.leaves = SagaPropagation.NOT_SUPPORTED.name().equals(definition.getPropagation());
        }

        /** False where the end follows from the reply of a command, which is in the log. */
        boolean needsEnd() {
            return needsEnd;
        }

        /** True for a command that the block, run again, may not send, or send another one instead. */
        boolean chooses(String command) {
            return chosen.contain(command);
        }

        /** True when the block does not end the saga that it starts. */
        boolean isEndedByHand() {
            return SagaCompletionMode.MANUAL.name().equals(definition.getCompletionMode());
        }

        /** What the block says that the saga's key is; {@code null}: nothing. */
        @Nullable
        String key(Exchange exchange) {
            return key == null ? null : key.getExpression().evaluate(exchange, String.class);
        }

        /** What the block says that its saga can be found by. */
        List<PropertyExpressionDefinition> attributes() {
            return attributes;
        }

        boolean mayHaveDonePlainWork(CamelContext context, SagaState saga, Step step) {
            return saga.step(step)
                    .filter(known -> PlainWork.mayHaveBegun(context, definition, saga, known))
                    .isPresent();
        }

        /** A step that broke off is in doubt, and is so known before the route can go around it. */
        private static void end(BlockRun run, @Nullable Open open, @Nullable Open outside, Exchange exchange) {
            if (open != null && open != outside) {
                Failures.met(exchange)
                        .ifPresentOrElse(failure -> open.breakOff(Failures.text(failure), run.within()), open::end);
            }
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            LongRunningAction.rejoin(exchange);
            Division.set(exchange, Division.here(exchange));
            Optional<String> action = LongRunningAction.of(exchange);
            SagaContext outside = SagaContext.of(exchange);
            if (leaves) {
                LongRunningAction.enter(exchange, null);
            }
            Division.enter(exchange);
            BlockRun run = new BlockRun(this, outside.block(), leaves ? action.orElse(null) : null);
            SagaContext.of(exchange).inBlock(run).on(exchange);
            return super.process(exchange, doneSync -> {
                run.ended();
                ChildSagas.tell(exchange, action.orElse(null));
                end(run, SagaContext.of(exchange).open(), outside.open(), exchange);
                SagaContext.of(exchange).behind(outside).on(exchange);
                restore(exchange, action);
                callback.done(doneSync);
            });
        }

        /** Camel leaves the header of a saga that was begun in this one where a route has set another message. */
        private static void restore(Exchange exchange, Optional<String> longRunningAction) {
            longRunningAction.ifPresentOrElse(
                    action -> exchange.getMessage().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, action),
                    () -> exchange.getMessage().removeHeader(Exchange.SAGA_LONG_RUNNING_ACTION));
        }
    }
}
