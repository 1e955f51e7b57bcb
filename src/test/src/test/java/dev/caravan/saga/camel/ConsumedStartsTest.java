package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sagas that a file, a timer or a scheduler starts: wherever their process dies, each effect is there once, or none is left. A
 * file that its consumer finds again after that is no second saga.
 */
@ExtendWith(WithoutLogs.class)
class ConsumedStartsTest {

    @TempDir
    Path directory;

    /** What was done of a saga or undone, and what the route saw. */
    private record Effect(String saga, String what, String seen) {}

    /** Its instances, one after another. */
    private final class Run implements AutoCloseable {

        private final World world = World.inOrder();
        private final Cluster cluster;
        private final String from;
        private final List<Effect> effects = new ArrayList<>();
        private final List<DefaultCamelContext> contexts = new ArrayList<>();
        private Cluster.Member member;

        private Run(String mode, String from) {
            this.cluster = new Cluster(world, 1, mode.equals("lra") ? new SimulatedLraCoordinator(world) : null);
            this.from = from;
        }

        private void add(Consumer<Instance> death) throws Exception {
            DefaultCamelContext context = new DefaultCamelContext();
            member = cluster.add(context);
            death.accept(member.instance);
            SagaRing.prepare(world, context, member);
            WorldWait.in(context, () -> world);
            context.getPropertiesComponent().addOverrideProperty("caravan.start-key", "message");
            context.addRoutes(new Routes(this));
            contexts.add(context);
            member.gain(0);
            world.as(member.instance, context::start);
        }

        /** Has the consumer look for what there is. */
        private void poll() {
            DefaultCamelContext context = contexts.get(contexts.size() - 1);
            world.as(member.instance, (Runnable) context.getRoute("trip").getConsumer());
        }

        private void goOn() {
            while (member.isAlive() && (world.step() || world.passTime())) {
                // until nothing is left, or it is dead
            }
            world.run();
        }

        private void witness(String what, Exchange exchange) {
            if (world.current() == null || !world.current().isAlive()) {
                throw new IllegalStateException("This process is dead");
            }
            effects.add(new Effect(
                    exchange.getMessage().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, String.class),
                    what,
                    exchange.getMessage().getBody(String.class) + " "
                            + exchange.getMessage().getHeader("name")));
        }

        private List<SagaState> sagas() {
            return cluster.log.sagas().stream().map(cluster::state).toList();
        }

        private List<String> of(SagaState saga, String kind) {
            return effects.stream()
                    .filter(effect -> effect.saga().equals(LongRunningAction.of(saga))
                            && effect.what().startsWith(kind))
                    .map(effect -> effect.what().substring(kind.length()) + effect.seen())
                    .toList();
        }

        /** Each effect once, or none left. */
        private void check(String when, String seen) {
            assertThat(member.host.size()).as(when).isZero();
            for (SagaState saga : sagas()) {
                SagaId id = saga.sagaId();
                String story = "%s, died %s: %s".formatted(saga, when, cluster.log.entries(id));
                if (saga.status() == SagaStatus.COMPLETED) {
                    assertThat(of(saga, "done "))
                            .as(story)
                            .containsExactly("order " + seen, "credit ordered " + seen.replaceFirst("^\\S+ ", ""));
                    assertThat(of(saga, "undone ")).as(story).isEmpty();
                } else {
                    assertThat(saga.status()).as(story).isEqualTo(SagaStatus.COMPENSATED);
                    assertThat(steps(of(saga, "undone "))).as(story).containsAll(steps(of(saga, "done ")));
                }
            }
        }

        private static List<String> steps(List<String> effects) {
            return effects.stream().map(effect -> effect.split(" ")[0]).toList();
        }

        @Override
        public void close() {
            contexts.forEach(DefaultCamelContext::stop);
        }
    }

    private static final class Routes extends RouteBuilder {

        private final Run run;

        private Routes(Run run) {
            this.run = run;
        }

        @Override
        public void configure() {
            from(run.from)
                    .routeId("trip")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .setHeader("name", simple("${header.CamelFileName}${exchangeProperty.CamelTimerCounter}"))
                    .to("direct:order")
                    .to("direct:credit");
            step("order").setBody(constant("ordered"));
            step("credit");
        }

        private SagaDefinition step(String name) {
            from("direct:undo-" + name)
                    .routeId("undo-" + name)
                    .process(exchange -> run.witness("undone " + name + " ", exchange));
            SagaDefinition saga = from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name);
            saga.process(exchange -> run.witness("done " + name + " ", exchange));
            return saga;
        }
    }

    private interface Dying {
        void dies(Consumer<Instance> death, String when) throws Exception;
    }

    /** @param acts of a run in which nothing dies */
    private static void atEachAct(int acts, Dying run) throws Exception {
        assertThat(acts).isGreaterThan(4);
        for (int i = 0; i < acts; i++) {
            int act = i;
            run.dies(instance -> instance.dieBefore(act), "before " + act);
            run.dies(instance -> instance.dieAfter(act), "after " + act);
        }
    }

    private String files() {
        return "file:" + directory + "?startScheduler=false";
    }

    private List<String> in(Path where) throws IOException {
        if (!Files.exists(where)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(where)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private void newFile() throws IOException {
        for (Path where : List.of(directory, directory.resolve(".camel"))) {
            for (String file : in(where)) {
                Files.delete(where.resolve(file));
            }
        }
        Files.writeString(directory.resolve("trip.txt"), "seoul");
    }

    private int file(String mode, Consumer<Instance> death, boolean whileItRuns, String when) throws Exception {
        newFile();
        try (Run run = new Run(mode, files())) {
            run.add(death);
            Instance first = run.member.instance;
            run.poll();
            run.goOn();
            if (!first.isAlive()) {
                run.add(instance -> {});
                if (!whileItRuns) {
                    run.goOn();
                }
                run.poll();
                run.goOn();
            }
            run.check(when, "seoul trip.txt");
            assertThat(run.sagas()).as(when).hasSize(1);
            boolean done = run.sagas().get(0).status() == SagaStatus.COMPLETED;
            assertThat(in(directory)).as(when).hasSize(done ? 0 : 1);
            assertThat(in(directory.resolve(".camel"))).as(when).hasSize(done ? 1 : 0);
            return first.acts();
        }
    }

    @ParameterizedTest
    @CsvSource({"log, true", "log, false", "lra, true", "lra, false"})
    void aFileIsOneSaga(String mode, boolean foundAgainWhileItRuns) throws Exception {
        int acts = file(mode, instance -> {}, foundAgainWhileItRuns, "not");

        atEachAct(acts, (death, when) -> file(mode, death, foundAgainWhileItRuns, when));
    }

    private int tick(String mode, String from, Consumer<Instance> death, String seen, String when) throws Exception {
        try (Run run = new Run(mode, from)) {
            run.add(death);
            Instance first = run.member.instance;
            if (!from.startsWith("timer:")) {
                run.poll();
            }
            run.goOn();
            if (!first.isAlive()) {
                run.add(instance -> {});
                run.goOn();
            }
            run.check(when, seen);
            assertThat(run.sagas()).as(when).hasSizeLessThan(3);
            return first.acts();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "lra"})
    void whatATimerStartsGoesOn(String mode) throws Exception {
        String timer = "timer:trip?delay=-1&repeatCount=1&includeMetadata=true";
        int acts = tick(mode, timer, instance -> {}, "null 1", "not");

        atEachAct(acts, (death, when) -> tick(mode, timer, death, "null 1", when));
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "lra"})
    void whatASchedulerStartsGoesOn(String mode) throws Exception {
        String scheduler = "scheduler:trip?startScheduler=false";
        int acts = tick(mode, scheduler, instance -> {}, "null ", "not");

        atEachAct(acts, (death, when) -> tick(mode, scheduler, death, "null ", when));
    }
}
