package dev.caravan.saga.camel;

import dev.caravan.saga.camel.Effects.What;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.How;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.test.ImmediateShutdown;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.World;
import dev.caravan.saga.test.WorldThreads;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.saga.InMemorySagaCoordinator;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.service.ServiceSupport;

/** The same compositions as they run by Camel's own service, in a context that knows nothing of Caravan. */
final class CamelInMemory implements AutoCloseable {

    private static final String SERVICE = "org.apache.camel.saga.InMemorySagaService";
    private static final ClassLoader CAMELS = new Camels();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MOST_HAPPENINGS = 100_000;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ProducerTemplate template;
    private final StepBeans beans = new StepBeans(() -> this.run);
    private Run run;

    CamelInMemory() throws Exception {
        context.getExecutorServiceManager().setThreadPoolFactory(new WorldThreads(() -> run.world));
        WorldWait.in(context, () -> run.world);
        context.addComponent("saga-command", new Commands());
        context.addService(new CurrentService());
        context.setShutdownStrategy(new ImmediateShutdown(context));
        context.getInflightRepository().setInflightBrowseEnabled(false);
        context.start();
        template = context.createProducerTemplate();
    }

    /** One of Camel's own. */
    static CamelSagaService service() throws ReflectiveOperationException {
        return (CamelSagaService) CAMELS.loadClass(SERVICE).getConstructor().newInstance();
    }

    /** Runs a composition to its end. */
    Run run(Composition composition) throws Exception {
        run = new Run(composition);
        context.addRoutes(RandomRoutes.ofCamel(composition, beans));
        try {
            run.goOn();
        } finally {
            RoutesTrial.removeRoutes(context);
            run.sagas.stop();
        }
        return run;
    }

    @Override
    public void close() {
        context.stop();
    }

    /** Camel's class, also where the class path has the one before it that Camel's own saga tests are given. */
    private static final class Camels extends URLClassLoader {

        private Camels() {
            super(
                    new URL[] {
                        InMemorySagaCoordinator.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                    },
                    CamelInMemory.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith("org.apache.camel.saga.InMemorySaga")) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }

    /** A composition, from its beginning to its end. */
    final class Run implements Stage {

        private final Composition composition;
        private final World world = World.inOrder();
        private final Instance instance = new Instance(world, "camel");
        private final Effects effects;
        private final SeenSagas sagas = new SeenSagas();
        private List<String> ends = List.of();
        private Exchange answer;

        private Run(Composition composition) throws Exception {
            this.composition = composition;
            this.effects = new Effects(composition);
            sagas.setCamelContext(context);
            sagas.start();
        }

        @Override
        public World world() {
            return world;
        }

        @Override
        public ProducerTemplate template() {
            return template;
        }

        @Override
        public Effects effects() {
            return effects;
        }

        /** Camel has the options of the last taking of a step for all: here each call is for the last that is left. */
        @Override
        public String refOfEnding(int step, What what, String option) {
            return effects.lastWithout(what, step);
        }

        /** What the caller got. */
        Exchange answer() {
            return answer;
        }

        /** How sagas ended, in the order in which they began. */
        List<String> ends() {
            return ends;
        }

        private void goOn() {
            world.as(instance, () -> template.asyncSend(RandomRoutes.MAIN, RoutesRun.message(context, composition))
                    .thenAccept(sent -> answer = sent));
            settle();
            RoutesRun.endOf(composition).filter(route -> !sagas.ids().isEmpty()).ifPresent(route -> {
                String saga = sagas.ids().get(0);
                world.as(
                        instance,
                        () -> template.asyncRequestBodyAndHeader(route, "", Exchange.SAGA_LONG_RUNNING_ACTION, saga));
                settle();
            });
            ends = sagas.ends();
        }

        private void settle() {
            int happenings = 0;
            while (world.step() || world.passTime()) {
                if (++happenings > MOST_HAPPENINGS) {
                    throw new IllegalStateException("Camel does not come to an end");
                }
            }
        }

        private void command(String command, Exchange exchange, AsyncCallback callback) {
            StepNode step = effects.node(Integer.parseInt(command.replaceAll("[^0-9]", "")));
            String saga = exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, "none", String.class);
            Duration delay = Duration.ZERO;
            if (!command.startsWith("Act")) {
                try {
                    beans.end(exchange, step, command.startsWith("Undo") ? What.UNDONE : What.CONFIRMED);
                } catch (IllegalStateException e) {
                    exchange.setException(e);
                }
            } else {
                delay = act(command, step, saga, exchange);
            }
            instance.schedule(delay, () -> callback.done(false));
        }

        private Duration act(String command, StepNode step, String saga, Exchange exchange) {
            String ref = String.valueOf(exchange.getIn().getBody(Map.class).get("ref"));
            if (!List.of(How.IS_REJECTED, How.IS_UNKNOWN_AND_NOT_DONE, How.IS_WORDY)
                    .contains(step.how())) {
                effects.add(saga, ref, What.DONE);
            }
            switch (step.how()) {
                case SUCCEEDS -> exchange.getIn().setBody(Map.of("done", ref));
                case IS_REJECTED -> exchange.setException(new StepRejectedException("NO", command + " is refused"));
                default -> exchange.setException(new IllegalStateException(command + " failed"));
            }
            return step.how() == How.IS_SILENT || step.how() == How.IS_LATE ? TIMEOUT : Duration.ZERO;
        }
    }

    /** Lets each composition have a service of its own: finished sagas stay in it. */
    private final class CurrentService extends ServiceSupport implements CamelSagaService {

        @Override
        public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
            return run.sagas.newSaga(exchange);
        }

        @Override
        public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
            return run.sagas.getSaga(id);
        }

        @Override
        public void registerStep(CamelSagaStep step) {
            run.sagas.registerStep(step);
        }

        @Override
        public void setCamelContext(CamelContext camelContext) {}

        @Override
        public CamelContext getCamelContext() {
            return context;
        }
    }

    private final class Commands extends DefaultComponent {

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
            parameters.clear();
            return new DefaultEndpoint(uri, this) {
                @Override
                public Producer createProducer() {
                    return new DefaultAsyncProducer(this) {
                        @Override
                        public boolean process(Exchange exchange, AsyncCallback callback) {
                            run.command(remaining.split("/")[1], exchange, callback);
                            return false;
                        }
                    };
                }

                @Override
                public org.apache.camel.Consumer createConsumer(Processor processor) {
                    throw new UnsupportedOperationException("Nobody takes commands here");
                }
            };
        }
    }
}
