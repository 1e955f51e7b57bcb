package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.Compositions;
import dev.caravan.saga.routes.Node.Around;
import dev.caravan.saga.routes.Node.Form;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.World;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Routes made at random of Camel's EIPs, with steps that go wrong in all ways, whose process dies at each of its acts: the
 * invariants of the design hold. {@code -Droutes.compositions} makes more, {@code -Droutes.seed} begins elsewhere; the profile
 * {@code routes} has 100,000. A composition that fails is made smaller until nothing can be left out.
 */
class RandomRoutesTest {

    private static final int COMPOSITIONS = Integer.getInteger("routes.compositions", 2000);
    private static final long FIRST_SEED = Long.getLong("routes.seed", 1);
    private static final int MOST_TRIES_TO_SHRINK = 400;
    private static final List<Form> COMMANDS = List.of(Form.COMMAND, Form.COMMAND, Form.BARE_COMMAND);
    private static final List<Form> ALL = List.of(Form.BEAN, Form.BEAN, Form.COMMAND, Form.BARE_COMMAND);

    private static final Logger CARAVAN = (Logger) LoggerFactory.getLogger("dev.caravan.saga");
    private static final Logger CAMEL = (Logger) LoggerFactory.getLogger("org.apache.camel");

    private static RoutesRun run;
    private static SharedCamel camel;
    private static ProducerTemplate template;

    @BeforeAll
    static void startCamel() throws Exception {
        CARAVAN.setLevel(Level.OFF);
        CAMEL.setLevel(Level.OFF);
        run = new RoutesRun(Compositions.of(0, ALL), World.inOrder(), null, null);
        camel = new SharedCamel(() -> run.cluster(), new RouteBuilder() {
            @Override
            public void configure() {}
        });
        template = camel.context().createProducerTemplate();
    }

    @AfterAll
    static void stopCamel() {
        camel.context().stop();
        CARAVAN.setLevel(null);
        CAMEL.setLevel(null);
    }

    /** What went wrong, in the run where it did. */
    private record Fault(String death, Throwable what, String story) {}

    private final Map<SagaStatus, Integer> ends = new EnumMap<>(SagaStatus.class);
    private int runs;

    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS)
    void keepsTheInvariantsWhereverItsProcessDies() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + COMPOSITIONS; seed++) {
            Composition composition = Compositions.of(seed, isOfCommands(seed) ? COMMANDS : ALL);
            Optional<Fault> fault = tryOut(composition);
            if (fault.isPresent()) {
                if (Boolean.getBoolean("routes.all")) {
                    System.err.println(tell(composition, fault.get()).getMessage() + "\n");
                    continue;
                }
                throw tell(composition, fault.get());
            }
        }
        System.err.println(runs + " " + ends);
        if (COMPOSITIONS > 100) {
            assertThat(ends).containsKeys(SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.FAILED);
        }
    }

    private static boolean isOfCommands(long seed) {
        return seed % 2 == 0;
    }

    private AssertionError tell(Composition composition, Fault first) throws Exception {
        Composition smallest = composition;
        Fault fault = first;
        int tries = 0;
        boolean smaller = true;
        while (smaller && tries < MOST_TRIES_TO_SHRINK) {
            smaller = false;
            for (Composition candidate : smallest.smaller().toList()) {
                Optional<Fault> again = tries++ < MOST_TRIES_TO_SHRINK ? tryOut(candidate) : Optional.empty();
                if (again.isPresent()) {
                    smallest = candidate;
                    fault = again.get();
                    smaller = true;
                    break;
                }
            }
        }
        return new AssertionError(
                """
                Seed %d: %s
                shrunk: %s
                %s: %s
                %s
                Run it again with -Droutes.compositions=1 -Droutes.seed=%d"""
                        .formatted(
                                composition.seed(),
                                composition,
                                smallest,
                                fault.death(),
                                fault.what().getMessage(),
                                fault.story(),
                                composition.seed()),
                fault.what());
    }

    private Optional<Fault> tryOut(Composition composition) throws Exception {
        camel.context().addRoutes(new RandomRoutes(composition, new StepBeans(() -> run)));
        try {
            Optional<Fault> undisturbed = attempt(composition, World.inOrder(), "undisturbed", instance -> {}, null);
            if (undisturbed.isPresent()
                    || !isOfCommands(composition.seed())
                    || composition.has(Around.Kind.CHILD)) {
                return undisturbed;
            }
            RoutesRun.Outcome expected = run.outcome();
            int acts = lastActs;
            for (int i = 0; i < acts; i++) {
                int act = i;
                if (act > 0) {
                    Optional<Fault> before = attempt(
                            composition,
                            World.inOrder(),
                            "died before act " + act,
                            instance -> instance.dieBefore(act),
                            expected);
                    if (before.isPresent()) {
                        return before;
                    }
                }
                Optional<Fault> after = attempt(
                        composition,
                        World.inOrder(),
                        "died after act " + act,
                        instance -> instance.dieAfter(act),
                        expected);
                if (after.isPresent()) {
                    return after;
                }
            }
            return Optional.empty();
        } finally {
            removeRoutes();
        }
    }

    private int lastActs;

    private Optional<Fault> attempt(
            Composition composition,
            World world,
            String death,
            Consumer<Instance> dies,
            RoutesRun.Outcome expected) {
        runs++;
        run = new RoutesRun(composition, world, camel.context(), template);
        try {
            lastActs = run.goOn(dies);
            run.check();
            if (expected != null && RoutesRun.isTheSameAgain(composition)) {
                assertThat(run.outcome()).isEqualTo(expected);
            }
            run.cluster().log.sagas().forEach(id -> ends.merge(
                    run.cluster().state(id).status(), 1, Integer::sum));
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(new Fault(death, e, run.story()));
        }
    }

    private static void removeRoutes() throws Exception {
        for (Route route : List.copyOf(camel.context().getRoutes())) {
            camel.context().getRouteController().stopRoute(route.getRouteId());
            camel.context().removeRoute(route.getRouteId());
        }
    }
}
