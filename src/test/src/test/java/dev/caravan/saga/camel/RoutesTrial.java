package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.participant.Participants;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;

/** Tries compositions, one after another, in a Camel context of its own. For one thread. */
final class RoutesTrial implements AutoCloseable {

    private static final int MOST_TRIES_TO_SHRINK = 400;

    private final int deaths;
    private final SharedCamel camel;
    private final CamelInMemory camels;
    private final ParticipantRoutes participants = new ParticipantRoutes();
    private final ProducerTemplate template;
    private final Map<SagaStatus, Integer> ends = new EnumMap<>(SagaStatus.class);
    private RoutesRun run;
    private int acts;

    /** @param deaths how many are tried of each composition, at most */
    RoutesTrial(int deaths) throws Exception {
        this.deaths = deaths;
        camel = new SharedCamel(() -> run.cluster(), new RouteBuilder() {
            @Override
            public void configure() {}
        });
        camel.context().getPropertiesComponent().addOverrideProperty("caravan.other-path", "undo");
        camel.context().getRegistry().bind("participants", Participants.class, participants);
        camels = new CamelInMemory();
        template = camel.context().createProducerTemplate();
    }

    /** What went wrong, in the run where it did. */
    record Fault(Composition composition, String death, Throwable what, String story) {

        @Override
        public String toString() {
            return "%s%n%s: %s%n%s".formatted(composition, death, what.getMessage(), story);
        }
    }

    /** @param of that of the first instance, of the one that comes after it, and so on */
    private record Death(String name, List<Consumer<Instance>> of) {

        Death then(Death next) {
            return new Death(
                    name + ", then " + next.name(),
                    Stream.concat(of.stream(), next.of().stream()).toList());
        }
    }

    /** How sagas ended. */
    Map<SagaStatus, Integer> ends() {
        return ends;
    }

    /** The smallest composition that goes wrong as a fault's does. */
    Fault shrink(Fault fault) throws Exception {
        Fault smallest = fault;
        int tries = 0;
        boolean smaller = true;
        while (smaller && tries < MOST_TRIES_TO_SHRINK) {
            smaller = false;
            for (Composition candidate : smallest.composition().smaller().toList()) {
                Optional<Fault> again = tries++ < MOST_TRIES_TO_SHRINK ? tryOut(candidate) : Optional.empty();
                if (again.isPresent()) {
                    smallest = again.get();
                    smaller = true;
                    break;
                }
            }
        }
        return smallest;
    }

    Optional<Fault> tryOut(Composition composition) throws Exception {
        camel.context().addRoutes(new RandomRoutes(composition, new StepBeans(() -> run)));
        try {
            Optional<Fault> undisturbed = attempt(composition, new Death("undisturbed", List.of()), null);
            if (undisturbed.isPresent()) {
                return undisturbed;
            }
            RoutesRun.Outcome expected = run.outcome();
            for (Death death : deaths(composition)) {
                Optional<Fault> fault = attempt(composition, death, expected);
                if (fault.isPresent()) {
                    return fault;
                }
            }
            return Optional.empty();
        } finally {
            removeRoutes(camel.context());
        }
    }

    /** At every act, each once alone and once followed by others at acts of the instances that recover. */
    private List<Death> deaths(Composition composition) {
        Random random = new Random(composition.seed());
        List<Death> all = new ArrayList<>();
        for (int act = 0; act < acts; act++) {
            if (act > 0) {
                all.add(diesBefore(act));
            }
            all.add(diesAfter(act));
            if (!composition.isParallelAndStops()) { // which branches were stopped is not known again
                all.add(diesAfter(act).then(anyDeath(random)).then(anyDeath(random)));
            }
        }
        if (all.size() <= deaths) {
            return all;
        }
        Collections.shuffle(all, random);
        return all.subList(0, deaths);
    }

    private static Death anyDeath(Random random) {
        int act = random.nextInt(6);
        return random.nextBoolean() ? diesBefore(act) : diesAfter(act);
    }

    private static Death diesBefore(int act) {
        return new Death("died before act " + act, List.of(instance -> instance.dieBefore(act)));
    }

    private static Death diesAfter(int act) {
        return new Death("died after act " + act, List.of(instance -> instance.dieAfter(act)));
    }

    private Optional<Fault> attempt(Composition composition, Death death, RoutesRun.Outcome expected) {
        run = new RoutesRun(composition, World.inOrder(), camel.context(), template, participants);
        try {
            acts = run.goOn(death.of());
            run.check();
            if (expected == null) {
                new Comparison(composition, run, camels.run(composition)).check();
            }
            if (expected != null && RoutesRun.isTheSameAgain(composition) && !run.wasInDoubt()) {
                assertThat(run.outcome()).isEqualTo(expected);
            }
            run.outcome().ends().forEach(end -> ends.merge(end, 1, Integer::sum));
            return Optional.empty();
        } catch (AssertionError | Exception e) {
            return Optional.of(new Fault(composition, death.name(), e, run.story()));
        }
    }

    static void removeRoutes(CamelContext context) throws Exception {
        for (Route route : List.copyOf(context.getRoutes())) {
            context.getRouteController().stopRoute(route.getRouteId());
            context.removeRoute(route.getRouteId());
        }
    }

    @Override
    public void close() {
        camel.context().stop();
        camels.close();
    }
}
