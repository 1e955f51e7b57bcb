package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.OthersRoutes.Shape;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ImmediateShutdown;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.World;
import dev.caravan.saga.test.WorldThreads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.NodeIdFactory;

/** An application of others from its start to the end of its sagas, by Camel's own service or by Caravan's. */
final class OthersRun {

    private static final int MOST_HAPPENINGS = 20_000;

    /**
     * What it did outside of itself.
     *
     * @param saga as {@code Long-Running-Action}
     * @param what done, undone, confirmed or noted, and of which step
     * @param seen what there was of the message
     */
    record Effect(String saga, String what, String seen) {

        boolean is(String kind) {
            return what.startsWith(kind + " ");
        }

        @Override
        public String toString() {
            return what + " " + seen;
        }
    }

    /** What it came to. */
    record Told(List<Effect> effects, List<String> ends, String answer) {}

    private final World world = World.inOrder();
    private final Shape shape;
    private final List<Effect> effects = new ArrayList<>();
    private Exchange answer;

    OthersRun(Shape shape) {
        this.shape = shape;
    }

    private void witness(String what, Exchange exchange) {
        Instance instance = world.current();
        if (instance == null || !instance.isAlive()) {
            throw new IllegalStateException("This process is dead");
        }
        effects.add(new Effect(
                exchange.getMessage().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, "none", String.class),
                what,
                text(exchange, OthersRoutes.seen(exchange))));
    }

    private static String text(Exchange exchange, Map<String, Object> seen) {
        Object action = exchange.getMessage().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION);
        String text = seen.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
        return action == null ? text : text.replace(action.toString(), "<saga>");
    }

    static String text(Object value) {
        if (value instanceof byte[] bytes) {
            return "bytes " + Arrays.toString(bytes);
        }
        if (value instanceof Map<?, ?> map) {
            return new TreeMap<>(map.entrySet().stream()
                            .collect(Collectors.toMap(
                                    entry -> String.valueOf(entry.getKey()), entry -> text(entry.getValue()))))
                    .toString();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(OthersRun::text).toList().toString();
        }
        if (value instanceof Exchange || value instanceof Throwable) {
            return value.getClass().getSimpleName();
        }
        return value == null || value instanceof String
                ? String.valueOf(value)
                : value.getClass().getSimpleName() + " " + value;
    }

    private String answered() {
        if (answer == null) {
            return "nothing";
        }
        Exception failure = answer.getException();
        assertThat(failure instanceof DirectConsumerNotAvailableException).isFalse();
        String said =
                failure == null ? "" : String.valueOf(failure.getMessage()).replaceAll("Exchange\\[.*?]", "");
        return (failure == null ? "" : failure.getClass().getSimpleName() + ": " + said + " ")
                + text(answer, OthersRoutes.seen(answer));
    }

    private void send(CamelContext context, Instance instance, String to, Map<String, Object> headers) {
        Exchange exchange = context.getEndpoint(to).createExchange(ExchangePattern.InOut);
        exchange.getIn().setBody("trip");
        exchange.getIn().setHeader("id", 7);
        exchange.getIn().getHeaders().putAll(headers);
        world.as(instance, () -> context.createProducerTemplate()
                .asyncSend(to, exchange)
                .thenAccept(sent -> answer = headers.isEmpty() ? sent : answer));
    }

    /** Until nothing is left to happen, or the instance is dead. */
    private void happens(Instance instance) {
        int happenings = 0;
        while (instance.isAlive() && (world.step() || world.passTime())) {
            if (++happenings > MOST_HAPPENINGS) {
                throw new IllegalStateException("It does not come to an end");
            }
        }
        if (!instance.isAlive()) {
            world.run();
        }
    }

    private DefaultCamelContext context() {
        DefaultCamelContext context = new DefaultCamelContext();
        context.getExecutorServiceManager().setThreadPoolFactory(new WorldThreads(() -> world));
        context.setShutdownStrategy(new ImmediateShutdown(context));
        context.addComponent("wire", new WireComponent(() -> world));
        context.getComponent("direct", DirectComponent.class).setBlock(false);
        Map<String, Integer> ids = new HashMap<>();
        context.getCamelContextExtension()
                .addContextPlugin(
                        NodeIdFactory.class,
                        node -> node.getShortName() + ids.merge(node.getShortName(), 1, Integer::sum));
        return context;
    }

    private void begin(DefaultCamelContext context) throws Exception {
        WorldWait.in(context, () -> world);
        OthersRoutes routes = new OthersRoutes(shape, this::witness);
        context.addRoutes(routes);
        routes.addTemplatedRoutesToCamelContext(context);
        context.start();
    }

    // -- Camel's own service ------------------------------------------------------------------------------------------

    Told byCamel() throws Exception {
        SeenSagas sagas = new SeenSagas();
        try (DefaultCamelContext context = context()) {
            context.addService(sagas);
            context.getRegistry().bind("sagas", sagas);
            begin(context);
            Instance instance = new Instance(world, "camel");
            send(context, instance, "direct:start", Map.of());
            happens(instance);
            if (context.hasEndpoint("direct://later") != null && !sagas.ids().isEmpty()) {
                send(context, instance, "direct:later", of(sagas.ids().get(0)));
                happens(instance);
            }
            return new Told(effects, sagas.ends(), answered());
        }
    }

    private static Map<String, Object> of(String saga) {
        return Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, saga);
    }

    // -- Caravan's ----------------------------------------------------------------------------------------------------

    private Cluster cluster;
    private int acts;

    /** How many appends and dispatches the first instance made. */
    int acts() {
        return acts;
    }

    /** @param death of the first instance */
    Told byCaravan(boolean ofLra, Consumer<Instance> death) throws Exception {
        cluster = new Cluster(world, 1, ofLra ? new SimulatedLraCoordinator(world) : null);
        List<DefaultCamelContext> contexts = new ArrayList<>();
        try {
            Cluster.Member member = add(contexts);
            Instance first = member.instance;
            death.accept(first);
            send(contexts.get(0), first, "direct:start", Map.of());
            boolean goesOn = true;
            int rounds = 0;
            while (goesOn) {
                happens(member.instance);
                if (!member.isAlive()) {
                    member = add(contexts);
                    goesOn = true;
                } else {
                    goesOn = later(contexts.get(contexts.size() - 1), member);
                }
                if (++rounds > 8) {
                    throw new IllegalStateException("It goes on and on");
                }
            }
            acts = first.acts();
            assertThat(member.host.size()).as("sagas in memory%n%s", story()).isZero();
            assertThat(cluster.waiting()).as("timers").isZero();
            return new Told(
                    effects,
                    cluster.log.sagas().stream()
                            .map(id -> cluster.state(id).status().name())
                            .toList(),
                    answered());
        } finally {
            contexts.forEach(CamelContext::stop);
        }
    }

    private boolean later(CamelContext context, Cluster.Member member) {
        if (context.hasEndpoint("direct://later") == null || cluster.log.sagas().isEmpty()) {
            return false;
        }
        SagaId first = cluster.log.sagas().get(0);
        if (cluster.state(first).status() != SagaStatus.EXECUTING) {
            return false;
        }
        send(context, member.instance, "direct:later", of(LongRunningAction.of(cluster.state(first))));
        return true;
    }

    private Cluster.Member add(List<DefaultCamelContext> contexts) throws Exception {
        DefaultCamelContext context = context();
        Cluster.Member member = cluster.add(context);
        SagaRing.prepare(world, context, member);
        context.getRegistry().bind("sagas", member.sagas);
        contexts.add(context);
        begin(context);
        member.gain(0);
        return member;
    }

    /** A plain step had begun when its process died, and nobody knows whether it was done: the saga is undone. */
    boolean wasInDoubt() {
        return cluster.log.sagas().stream()
                .flatMap(id -> cluster.log.entries(id).stream())
                .anyMatch(entry -> entry.event() instanceof SagaEvent.Fail fail
                        && String.valueOf(fail.reason()).contains("is in doubt: it began before a crash"));
    }

    String story() {
        return cluster == null
                ? ""
                : cluster.log.sagas().stream().map(this::story).collect(Collectors.joining("\n"));
    }

    private String story(SagaId id) {
        SagaState state = cluster.state(id);
        return id + " " + state.name() + " " + state.status() + "\n  "
                + cluster.log.entries(id).stream()
                        .map(entry -> entry.event().toString())
                        .map(text -> text.length() > 260 ? text.substring(0, 260) : text)
                        .collect(Collectors.joining("\n  "));
    }

    /** What is left of a saga that was undone. */
    List<String> leftOfUndone() {
        List<String> left = new ArrayList<>();
        for (SagaId id : cluster.log.sagas()) {
            SagaState state = cluster.state(id);
            if (state.status() == SagaStatus.COMPENSATED) {
                List<String> undone = of(LongRunningAction.of(state), "undone");
                of(LongRunningAction.of(state), "done").stream()
                        .filter(done -> !undone.contains(done))
                        .forEach(left::add);
            }
        }
        return left;
    }

    private List<String> of(String saga, String kind) {
        return effects.stream()
                .filter(effect -> effect.saga().equals(saga) && effect.is(kind))
                .map(effect -> effect.what().substring(kind.length() + 1))
                .toList();
    }
}
