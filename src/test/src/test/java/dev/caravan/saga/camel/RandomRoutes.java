package dev.caravan.saga.camel;

import dev.caravan.saga.camel.Effects.What;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.Composition.End;
import dev.caravan.saga.routes.Composition.OnException;
import dev.caravan.saga.routes.How;
import dev.caravan.saga.routes.Node;
import dev.caravan.saga.routes.Node.Around;
import dev.caravan.saga.routes.Node.Breaker;
import dev.caravan.saga.routes.Node.Choice;
import dev.caravan.saga.routes.Node.Form;
import dev.caravan.saga.routes.Node.Leaf;
import dev.caravan.saga.routes.Node.Loop;
import dev.caravan.saga.routes.Node.Multicast;
import dev.caravan.saga.routes.Node.Pipeline;
import dev.caravan.saga.routes.Node.Split;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.routes.Node.Try;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.FilterDefinition;
import org.apache.camel.model.FinallyDefinition;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OtherwiseDefinition;
import org.apache.camel.model.PipelineDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ThreadsDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.support.ExpressionAdapter;

/** A composition in Camel's Java DSL. */
final class RandomRoutes extends RouteBuilder {

    static final String MAIN = "direct:composition";
    static final String COMPLETE = "direct:complete";
    static final String COMPENSATE = "direct:compensate";

    /** Which round of loops, part of splits and branch of multicasts an exchange is in, for instance {@code 0.2.}. */
    private static final String PATH = "path";

    /** The exchange was in a branch that was stopped when it came to its step. */
    private static final String LATE = "CamelLate";

    /** The header that each plain step sets to what is another one each time. */
    static final String ID = "id";

    /** The header with the steps that the message has been through. */
    static final String TRAIL = "trail";

    /** The header with bytes that are no text. */
    static final String PHOTO = "photo";

    static final byte[] BYTES = {-1, 0, -40};

    /** The option that is the photo. */
    static final String PHOTO_OPTION = "photo-option";

    /** Begins the names of sagas that compensations begin. */
    static final String OF_UNDO = "undo-saga-";

    /** How long a slow bean takes, in ms; less than branches are waited for, beyond the shortest time-out. */
    private static final long SLOW = 8_000;

    private static final List<String> NEEDED = List.of("way", "ref", ID, TRAIL, PHOTO);

    private final List<String> keeps;
    private final boolean ofCamel;
    private final Composition composition;
    private final StepBeans beans;
    private final Set<Integer> blocks = new HashSet<>();
    private final Set<Integer> participants = new HashSet<>();
    private final Map<Around, String> children = new HashMap<>();
    private int parts;

    RandomRoutes(Composition composition, StepBeans beans) {
        this(composition, beans, NEEDED, false);
    }

    /** As newer Camel has it: where all headers are removed, that of the saga stays. */
    static RandomRoutes ofCamel(Composition composition, StepBeans beans) {
        return new RandomRoutes(
                composition,
                beans,
                Stream.concat(NEEDED.stream(), Stream.of(Exchange.SAGA_LONG_RUNNING_ACTION))
                        .toList(),
                true);
    }

    private RandomRoutes(Composition composition, StepBeans beans, List<String> keeps, boolean ofCamel) {
        this.keeps = keeps;
        this.ofCamel = ofCamel;
        this.composition = composition;
        this.beans = beans;
    }

    @Override
    public void configure() {
        RouteDefinition route = from(MAIN).routeId("composition");
        if (composition.onException() != OnException.NOTHING) {
            boolean handled = composition.onException() == OnException.HANDLED;
            var clause = route.onException(Exception.class);
            (handled ? clause.handled(true) : clause.continued(true)).process(exchange -> {});
        }
        var saga = route.saga().propagation(SagaPropagation.REQUIRES_NEW);
        if (composition.limit() > 0 && !composition.limitsSteps()) {
            saga.timeout(Duration.ofSeconds(composition.limit()));
        }
        if (composition.end() != End.AUTO) {
            saga.completionMode(SagaCompletionMode.MANUAL);
        }
        saga.process(exchange -> exchange.setProperty(PATH, ""));
        add(saga, composition.root(), 0);
        saga.process(exchange -> beans.comesToItsEnd());
        if (composition.end() == End.ITSELF) {
            saga.to("saga:complete");
        }
        from(COMPLETE)
                .routeId("complete")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .to("saga:complete");
        from(COMPENSATE)
                .routeId("compensate")
                .saga()
                .propagation(SagaPropagation.MANDATORY)
                .to("saga:compensate");
    }

    private void add(ProcessorDefinition<?> into, Node node, int depth) {
        if (node instanceof StepNode step) {
            step(into, step, depth);
        } else if (node instanceof Pipeline pipeline) {
            pipeline.parts().forEach(part -> add(into, part, depth));
        } else if (node instanceof Split split) {
            split(into, split, depth);
        } else if (node instanceof Multicast multicast) {
            multicast(into, multicast, depth);
        } else if (node instanceof Loop loop) {
            LoopDefinition definition = new LoopDefinition((Expression) constant(loop.times()));
            into.addOutput(definition);
            push(definition, depth, Exchange.LOOP_INDEX);
            add(definition, loop.part(), depth + 1);
            pop(into, depth);
        } else if (node instanceof Choice choice) {
            choice(into, choice, depth);
        } else if (node instanceof Try attempt) {
            attempt(into, attempt, depth);
        } else if (node instanceof Breaker breaker) {
            breaker(into, breaker, depth);
        } else if (node instanceof Around around) {
            around(into, around, depth);
        } else if (node instanceof Leaf leaf) {
            leaf(into, leaf);
        }
    }

    private void step(ProcessorDefinition<?> into, StepNode step, int depth) {
        String uri = step.form() == Form.BARE_COMMAND ? command("Act", step) : "direct:step-" + step.number();
        into.process(exchange -> {
            exchange.setProperty(LATE, Stopping.isLate(exchange));
            exchange.getIn().setHeader("ref", ref(step, exchange));
            exchange.getIn().setBody(Map.of("ref", ref(step, exchange)));
        });
        if (step.form() == Form.BARE_COMMAND) {
            participant(step);
        }
        into.process(exchange -> beans.comesTo(exchange, ref(step, exchange)));
        into.to(uri);
        into.process(exchange -> {
            if (!isUnanswered(exchange)) {
                String ref = ref(step, exchange);
                if (step.form() != Form.SAGA) {
                    beans.count(exchange, ref);
                }
                if (exchange.getProperty(LATE, boolean.class)) {
                    beans.isLate(ref);
                }
                exchange.getIn().setHeader(TRAIL, exchange.getIn().getHeader(TRAIL, "", String.class) + " " + ref);
            }
        });
        if (step.form() != Form.BARE_COMMAND && blocks.add(step.number())) {
            block(composition.definitions().get(step.number()), depth);
        }
    }

    /** {@code onException} with {@code continued} goes on behind a step that failed. */
    private static boolean isUnanswered(Exchange exchange) {
        return exchange.getIn().getBody() instanceof Map<?, ?> body && body.containsKey("ref");
    }

    private void block(StepNode step, int depth) {
        String undo = "direct:undo-" + step.number();
        String confirm = "direct:confirm-" + step.number();
        var saga = from("direct:step-" + step.number())
                .routeId("step-" + step.number())
                .saga()
                .propagation(step.form() == Form.SAGA ? SagaPropagation.REQUIRES_NEW : SagaPropagation.MANDATORY);
        if (step.undone() || step.completed()) {
            saga.option("ref", header("ref"));
            saga.option(PHOTO_OPTION, header(PHOTO));
        }
        if (composition.limitsSteps()) {
            saga.timeout(Duration.ofSeconds(composition.limit()));
        }
        if (step.idempotent()) {
            saga.option(SagaConstants.IDEMPOTENT, constant(true));
        }
        if (step.undone()) {
            saga.compensation(undo);
            ending(undo, step, "Undo", exchange -> beans.end(exchange, step, What.UNDONE));
        }
        if (step.completed()) {
            saga.completion(confirm);
            ending(confirm, step, "Confirm", exchange -> beans.end(exchange, step, What.CONFIRMED));
        }
        if (step.inner() != null) {
            add(saga, step.inner(), depth);
            saga.process(exchange -> exchange.getIn().setBody(Map.of("ref", ref(step, exchange))));
        }
        if (step.how() == How.IS_SECOND) {
            saga.doTry().to(command("First", step)).doCatch(Exception.class).end();
        }
        if (step.isCommand()) {
            participant(step);
            saga.to(command("Act", step));
        } else {
            if (step.how() == How.IS_SLOW) {
                saga.delay(SLOW);
            }
            saga.process(exchange -> {
                String ref =
                        step.inner() == null ? exchange.getIn().getHeader("ref", String.class) : ref(step, exchange);
                exchange.getIn().setHeader(ID, UUID.randomUUID().toString());
                beans.act(exchange, step, ref);
                if (step.form() == Form.SAGA) {
                    beans.count(exchange, ref);
                }
                exchange.getIn().setBody("done");
            });
        }
    }

    /** The route of a compensation or completion has an error handler that takes what fails, or marks it for rollback. */
    static boolean handlesErrorsOfEndings(StepNode step) {
        return step.number() % 4 != 0;
    }

    private ProcessorDefinition<?> handlesErrors(RouteDefinition route, StepNode step) {
        switch (step.number() % 4) {
            case 1 -> route.onException(Exception.class).handled(true).process(exchange -> {});
            case 2 -> route.errorHandler(deadLetterChannel("log:dead?level=OFF"));
            case 3 -> {
                return route.doTry();
            }
            default -> {}
        }
        return route;
    }

    private static void rollsBack(ProcessorDefinition<?> into) {
        if (into instanceof TryDefinition tried) {
            tried.doCatch(Exception.class).markRollbackOnly();
        }
    }

    /** An action that fails is a route of its participant. */
    private void participant(StepNode step) {
        if (ofCamel || !ParticipantRoutes.isRoute(step.how()) || !participants.add(step.number())) {
            return;
        }
        String action = "saga-command:service/Act%d?idempotent=true".formatted(step.number());
        ProcessorDefinition<?> into = handlesErrors(from(action).routeId("participant-" + step.number()), step);
        into.process(exchange -> {
            throw step.how() == How.IS_REJECTED
                    ? new StepRejectedException("NO", "refused")
                    : new IllegalStateException("connection refused");
        });
        rollsBack(into);
    }

    private void ending(String uri, StepNode step, String verb, org.apache.camel.Processor bean) {
        ProcessorDefinition<?> into = handlesErrors(from(uri).routeId(uri.substring("direct:".length())), step);
        into.process(beans::seesOptions);
        if (verb.equals("Undo")) {
            into.to("saga:compensate"); // does nothing: it is being undone
            if (step.number() % 3 == 2 && !ofCamel) { // behind it, Camel leaves the message in the saga within
                into.to("direct:" + OF_UNDO + step.number());
                from("direct:" + OF_UNDO + step.number())
                        .routeId(OF_UNDO + step.number())
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .process(exchange -> {});
            }
        }
        if (step.isCommand()) {
            into.to(command(verb, step));
        } else {
            into.process(bean);
        }
        rollsBack(into);
    }

    private static String command(String verb, StepNode step) {
        return "saga-command:service/%s%d?timeout=30s".formatted(verb, step.number());
    }

    private static String ref(StepNode step, Exchange exchange) {
        return step.name() + "/" + exchange.getProperty(PATH, "", String.class);
    }

    private void push(ProcessorDefinition<?> into, int depth, String index) {
        into.process(exchange ->
                exchange.setProperty(PATH, prefix(exchange, depth) + exchange.getProperty(index, Integer.class) + "."));
    }

    private void pop(ProcessorDefinition<?> into, int depth) {
        into.process(exchange -> {
            Stopping.forget(exchange);
            exchange.setProperty(PATH, prefix(exchange, depth));
        });
    }

    private static String prefix(Exchange exchange, int depth) {
        String path = exchange.getProperty(PATH, "", String.class);
        int end = 0;
        for (int i = 0; i < depth; i++) {
            end = path.indexOf('.', end) + 1;
        }
        return path.substring(0, end);
    }

    private void split(ProcessorDefinition<?> into, Split split, int depth) {
        SplitDefinition definition = new SplitDefinition(constant(
                IntStream.range(0, split.size()).mapToObj(i -> "item-" + i).toList()));
        if (split.parallel()) {
            definition.parallelProcessing();
        }
        if (split.stops()) {
            definition.stopOnException();
        }
        if (split.parallel() && split.stops()) {
            definition.aggregationStrategy(stopping(into));
        }
        into.addOutput(definition);
        push(definition, depth, Exchange.SPLIT_INDEX);
        add(definition, split.part(), depth + 1);
        pop(into, depth);
    }

    private void multicast(ProcessorDefinition<?> into, Multicast multicast, int depth) {
        Stopping stopping = multicast.parallel() && multicast.stops() ? stopping(into) : null;
        if (multicast.list()) {
            String targets =
                    multicast.parts().stream().map(part -> branch(part, depth)).collect(Collectors.joining(","));
            var list = into.recipientList(constant(targets));
            if (multicast.parallel()) {
                list.parallelProcessing();
            }
            if (multicast.stops()) {
                list.stopOnException();
            }
            if (stopping != null) {
                list.aggregationStrategy(stopping);
            }
        } else {
            MulticastDefinition definition = new MulticastDefinition();
            if (multicast.parallel()) {
                definition.parallelProcessing();
            }
            if (multicast.stops()) {
                definition.stopOnException();
            }
            if (stopping != null) {
                definition.aggregationStrategy(stopping);
            }
            into.addOutput(definition);
            for (Node part : multicast.parts()) {
                PipelineDefinition pipeline = new PipelineDefinition();
                definition.addOutput(pipeline);
                push(pipeline, depth, Exchange.MULTICAST_INDEX);
                add(pipeline, part, depth + 1);
            }
        }
        pop(into, depth);
    }

    private Stopping stopping(ProcessorDefinition<?> into) {
        Stopping stopping = new Stopping("CamelStopping" + ++parts);
        into.process(stopping::begin);
        return stopping;
    }

    /** Knows of each branch whether the branches that it is one of were stopped. */
    private record Stopping(String property) implements AggregationStrategy {

        private record Branches(String owner, AtomicBoolean over) {}

        private void begin(Exchange exchange) {
            exchange.setProperty(property, new Branches(exchange.getExchangeId(), new AtomicBoolean()));
        }

        @Override
        public Exchange aggregate(Exchange before, Exchange after) {
            return after;
        }

        @Override
        public void onCompletion(Exchange result, Exchange divided) {
            divided.getProperty(property, Branches.class).over().set(true);
        }

        private static Stream<Map.Entry<String, Branches>> of(Exchange exchange) {
            return exchange.getProperties().entrySet().stream()
                    .filter(entry -> entry.getValue() instanceof Branches)
                    .map(entry -> Map.entry(entry.getKey(), (Branches) entry.getValue()));
        }

        /** The exchange goes a way of its own. */
        static void leave(Exchange exchange) {
            of(exchange).map(Map.Entry::getKey).toList().forEach(exchange::removeProperty);
        }

        static boolean isLate(Exchange exchange) {
            return of(exchange)
                    .map(Map.Entry::getValue)
                    .anyMatch(branches ->
                            branches.over().get() && !branches.owner().equals(exchange.getExchangeId()));
        }

        /** The exchange has come back from branches, well or not. */
        static void forget(Exchange exchange) {
            of(exchange)
                    .filter(entry -> entry.getValue().over().get()
                            || entry.getValue().owner().equals(exchange.getExchangeId()))
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(exchange::removeProperty);
        }
    }

    /** A route of its own. */
    private String part(Node part, int depth) {
        String name = "part-" + ++parts;
        add(from("direct:" + name).routeId(name), part, depth);
        return "direct:" + name;
    }

    /** A route of its own, of one recipient of a list. */
    private String branch(Node part, int depth) {
        String name = "part-" + ++parts;
        RouteDefinition route = from("direct:" + name).routeId(name);
        push(route, depth, Exchange.MULTICAST_INDEX);
        add(route, part, depth + 1);
        return "direct:" + name;
    }

    private void choice(ProcessorDefinition<?> into, Choice choice, int depth) {
        ChoiceDefinition definition = new ChoiceDefinition();
        WhenDefinition when = new WhenDefinition(way(choice.way()));
        OtherwiseDefinition otherwise = new OtherwiseDefinition();
        into.addOutput(definition);
        definition.addOutput(when);
        PipelineDefinition first = new PipelineDefinition();
        when.addOutput(first);
        add(first, choice.first(), depth);
        definition.addOutput(otherwise);
        PipelineDefinition second = new PipelineDefinition();
        otherwise.addOutput(second);
        add(second, choice.second(), depth);
    }

    private Predicate way(int way) {
        return exchange -> beans.way(exchange, composition.forgets()) == way;
    }

    private void attempt(ProcessorDefinition<?> into, Try attempt, int depth) {
        TryDefinition definition = new TryDefinition();
        into.addOutput(definition);
        add(definition, attempt.tried(), depth);
        CatchDefinition caught = new CatchDefinition(List.of(Exception.class));
        definition.addOutput(caught);
        pop(caught, depth);
        if (attempt.caught() != null) {
            add(caught, attempt.caught(), depth);
        }
        if (attempt.last() != null) {
            FinallyDefinition last = new FinallyDefinition();
            definition.addOutput(last);
            pop(last, depth);
            add(last, attempt.last(), depth);
        }
        pop(into, depth);
    }

    /**
     * Its state is that of all that go through it: here it never opens, but may have a time limit that nothing keeps.
     */
    private void breaker(ProcessorDefinition<?> into, Breaker breaker, int depth) {
        CircuitBreakerDefinition definition = new CircuitBreakerDefinition();
        switch (breaker.kind()) {
            case IGNORES -> definition.resilience4jConfiguration().ignoreException(StepRejectedException.class);
            case OPENS, CLOSES -> limit(definition, breaker.kind());
            default -> {}
        }
        into.addOutput(definition);
        PipelineDefinition tried = new PipelineDefinition();
        definition.addOutput(tried);
        add(tried, breaker.tried(), depth);
        definition.onFallback();
        PipelineDefinition fallback = new PipelineDefinition();
        definition.addOutput(fallback);
        pop(fallback, depth);
        add(fallback, breaker.fallback(), depth);
        pop(into, depth);
    }

    private void limit(CircuitBreakerDefinition definition, Breaker.Kind kind) {
        getContext().getRegistry().bind(kind.name(), new EndlessThreads() {
            @Override
            public void execute(Runnable tried) {
                if (beans.isClosed(kind)) {
                    tried.run();
                }
            }
        });
        definition
                .resilience4jConfiguration()
                .timeoutEnabled(true)
                .timeoutDuration(1)
                .timeoutExecutorService(kind.name());
    }

    private void around(ProcessorDefinition<?> into, Around around, int depth) {
        switch (around.kind()) {
            case FILTER, FILTER_THAT_REFUSES -> {
                FilterDefinition definition = new FilterDefinition((Predicate)
                        exchange -> beans.passes(around.kind() == Around.Kind.FILTER, composition.forgets()));
                into.addOutput(definition);
                add(definition, around.part(), depth);
            }
            case WIRE_TAP -> into.wireTap(part(around.part(), depth)).onPrepare(Stopping::leave);
            case ENRICH -> {
                EnrichDefinition definition = new EnrichDefinition();
                definition.setExpression(constant(part(around.part(), depth)));
                definition.setAggregationStrategy((original, resource) -> original);
                into.addOutput(definition);
                into.process(Stopping::forget);
            }
            case SEDA -> into.process(beans.handsOver(part(around.part(), depth)));
            case TO_ROUTE -> into.to(part(around.part(), depth));
            case TO_DYNAMIC -> into.toD(part(around.part(), depth));
            case ROUTING_SLIP -> into.routingSlip(constant(part(around.part(), depth)));
            case DYNAMIC_ROUTER -> {
                String part = part(around.part(), depth);
                into.dynamicRouter(new ExpressionAdapter() {
                    @Override
                    public Object evaluate(Exchange exchange) {
                        return exchange.getProperty(Exchange.SLIP_ENDPOINT) == null ? part : null;
                    }
                });
            }
            case CHILD -> {
                String name = children.get(around);
                if (name == null) {
                    name = "child-" + ++parts;
                    children.put(around, name);
                    child(name, around, depth);
                }
                into.to("direct:" + name);
            }
        }
    }

    private void child(String name, Around around, int depth) {
        var saga = from("direct:" + name).routeId(name).saga().propagation(SagaPropagation.REQUIRES_NEW);
        saga.process(Stopping::leave);
        add(saga, around.part(), depth);
    }

    private void leaf(ProcessorDefinition<?> into, Leaf leaf) {
        switch (leaf.kind()) {
            case REMOVE_HEADERS -> into.removeHeaders("*", keeps.toArray(String[]::new));
            case POLL_ENRICH -> into.pollEnrich("seda:nothing", 0, (original, polled) -> original);
            case THREADS -> into.addOutput(new ThreadsDefinition());
            case DELAY -> into.delay(1000);
            case THROW -> into.throwException(new IllegalStateException("thrown"));
            case NOTHING -> into.process(exchange -> {});
        }
    }
}
