package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import dev.caravan.saga.camel.OthersRoutes.Shape;
import dev.caravan.saga.camel.OthersRun.Effect;
import dev.caravan.saga.camel.OthersRun.Told;
import dev.caravan.saga.test.Instance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Applications of others' shapes do, in both modes, effect by effect what they do by Camel's own service in memory: each with
 * the message that it had there. And wherever their process dies, each effect is there once, or none is left. {@code
 * -Dothers.name=...} takes those whose names match.
 */
@ExtendWith(WithoutLogs.class)
class OthersRoutesTest {

    private static final Map<String, Shape> RARE = new LinkedHashMap<>();
    private static final Map<String, Shape> SHAPES = OthersShapes.all();
    private static final int DEATHS = Integer.getInteger("others.deaths", 4);
    private static final String NAME = System.getProperty("others.name", ".*");

    /**
     * As the migration page says: what an error handler took is no success, behind a saga within, a route is in its own, and
     * it stays in it when it removes the header. In memory, a step has the options of its last time.
     */
    private static final Set<String> DIFFERENT = Set.of(
            "NOT_SUPPORTED with a saga in it",
            "onException handled in the step's route",
            "a dead letter channel of the context",
            "markRollbackOnly",
            "redelivery of a step from the saga's route",
            "NOT_SUPPORTED audit, then a failure",
            "another message",
            "out instead of in",
            "variables",
            "by HTTP for each item",
            "a split of lines that are parsed as they come, in parallel",
            "two sagas one after another",
            "onCompletion before the consumer",
            "a compensation in branches, one of which fails at first and is handled",
            "a compensation with a dead letter channel of the context, which fails at first",
            "a compensation with a saga, which has a step",
            "a saga in a doCatch",
            "markRollbackOnlyLast in a step",
            "all headers gone in a step");

    /** The route goes on around a step that failed: that is undone, where Camel completes it. */
    private static final Set<String> GONE_AROUND = Set.of(
            "doCatch of all says what went wrong",
            "load balancer with failover",
            "a choice on what a breaker in a step came to",
            "step REQUIRED fails and is caught",
            "step SUPPORTS fails and is caught",
            "doTry, doCatch, doFinally",
            "circuit breaker with fallback",
            "a choice on what a breaker came to",
            "by HTTP, caught",
            "failover that goes round",
            "failover by HTTP",
            "a loop in which the first round fails and is caught",
            "failures that an aggregation takes for answers");

    /** That the saga has ended is said in other words, or the caller gets the id of the saga. */
    private static final Set<String> OTHER_WORDS = Set.of(
            "a time-out of the saga",
            "AUTO, compensate on the way",
            "a step completes its saga, and another one follows",
            "the long running action as body",
            "answers kept in variables",
            "a variable for what is received");

    /**
     * After a crash, what is outside of any step is done again, nobody does what is outside of any saga, and a throttle has
     * counted nothing.
     */
    private static final Set<String> OUTSIDE = Set.of(
            "a saga for each item, which knows its number",
            "a saga for each item",
            "a saga within a bean's call",
            "a saga in the error handler",
            "pollEnrich",
            "a throttle that refuses, and the saga is undone",
            "idempotent consumer in a step",
            "MANUAL, a step later, then complete",
            "MANUAL, a step later, then compensate",
            "redelivery of a step from the saga's route",
            "by HTTP REQUIRES_NEW",
            "by HTTP REQUIRES_NEW, and the route fails behind it");

    /** Those of the kinds that are in the build as well. */
    private static final Set<String> OF_THEIR_OWN_KIND = Set.of(
            "payment, train and flight by HTTP",
            "payment, train and flight by HTTP, and the last one fails",
            "a step that calls another by HTTP",
            "by HTTP twice with equal options, and the route fails behind it",
            "by HTTP, caught",
            "route templates",
            "kamelets with steps");

    static {
        for (Map<String, Shape> shapes : List.of(
                OthersRareShapes.all(),
                OthersEntranceShapes.all(),
                OthersEndpointShapes.all(),
                OthersOptionShapes.all())) {
            shapes.forEach((name, shape) -> (OF_THEIR_OWN_KIND.contains(name) ? SHAPES : RARE).put(name, shape));
        }
    }

    static Stream<Arguments> shapes() {
        return inBothModes(SHAPES);
    }

    static Stream<Arguments> rareShapes() {
        return inBothModes(RARE);
    }

    private static Stream<Arguments> inBothModes(Map<String, Shape> shapes) {
        return shapes.entrySet().stream()
                .filter(shape -> shape.getKey().matches(NAME))
                .flatMap(
                        shape -> Stream.of("log", "lra").map(mode -> Arguments.of(named(shape.getKey(), shape), mode)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void doesWhatItDoesByCamelsOwnService(Map.Entry<String, Shape> shape, String mode) throws Exception {
        isAsByCamelsOwnService(shape, mode);
    }

    @Tag("thorough")
    @ParameterizedTest
    @MethodSource("rareShapes")
    void doesWhatItDoesByCamelsOwnServiceWhereItIsRarer(Map.Entry<String, Shape> shape, String mode) throws Exception {
        isAsByCamelsOwnService(shape, mode);
    }

    private static void isAsByCamelsOwnService(Map.Entry<String, Shape> shape, String mode) throws Exception {
        String name = shape.getKey();
        Told ours = new OthersRun(shape.getValue()).byCaravan(mode.equals("lra"), instance -> {});
        Told camels = new OthersRun(shape.getValue()).byCamel();

        if (DIFFERENT.contains(name)) {
            return;
        }
        assertThat(ours.ends()).isEqualTo(camels.ends());
        if (!OTHER_WORDS.contains(name)) {
            assertThat(ours.answer()).isEqualTo(camels.answer());
        }
        assertThat(of("done", ours)).isEqualTo(of("done", camels));
        assertThat(of("noted", ours)).isEqualTo(of("noted", camels));
        List<String> ended = new ArrayList<>(of("confirmed", ours));
        if (GONE_AROUND.contains(name)) {
            of("undone", ours).stream()
                    .map(effect -> effect.replaceFirst("undone", "confirmed"))
                    .forEach(ended::add);
        } else {
            assertThat(of("undone", ours)).isEqualTo(of("undone", camels));
        }
        assertThat(ended).containsExactlyInAnyOrderElementsOf(of("confirmed", camels));
    }

    /** A coordinator that speaks LRA calls back and gets an answer, as with camel-lra. */
    private static List<String> of(String kind, Told told) {
        Stream<String> effects =
                told.effects().stream().filter(effect -> effect.is(kind)).map(Effect::toString);
        return (List.of("done", "noted").contains(kind)
                        ? effects
                        : effects.map(effect -> effect.replaceFirst("pattern=ExchangePattern \\w+, ", "")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void hasEachEffectOnceWhereverItsProcessDies(Map.Entry<String, Shape> shape, String mode) throws Exception {
        dies(shape, mode, DEATHS);
    }

    @Tag("thorough")
    @ParameterizedTest
    @MethodSource("rareShapes")
    void hasEachEffectOnceWhereverItsProcessDiesWhereItIsRarer(Map.Entry<String, Shape> shape, String mode)
            throws Exception {
        dies(shape, mode, 2 * DEATHS);
    }

    private static void dies(Map.Entry<String, Shape> shape, String mode, int deaths) throws Exception {
        if (OUTSIDE.contains(shape.getKey())) {
            return;
        }
        OthersRun whole = new OthersRun(shape.getValue());
        Told calm = whole.byCaravan(mode.equals("lra"), instance -> {});
        List<Integer> acts = new ArrayList<>(
                Stream.iterate(0, act -> act + 1).limit(2L * whole.acts()).toList());
        Collections.shuffle(acts, new Random(shape.getKey().hashCode()));
        for (int act : acts.subList(0, Math.min(deaths, acts.size()))) {
            int which = act / 2;
            Consumer<Instance> death =
                    act % 2 == 0 ? instance -> instance.dieBefore(which) : instance -> instance.dieAfter(which);
            if (act > 0) {
                died(shape.getValue(), mode, calm, death, (act % 2 == 0 ? "before " : "after ") + which);
            }
        }
    }

    private static void died(Shape shape, String mode, Told calm, Consumer<Instance> death, String when)
            throws Exception {
        OthersRun run = new OthersRun(shape);
        Told told = run.byCaravan(mode.equals("lra"), death);
        assertThat(run.leftOfUndone())
                .as("left, died %s%n%s", when, run.story())
                .isEmpty();
        if (!run.wasInDoubt()) {
            assertThat(told.ends()).as("died %s%n%s", when, run.story()).isEqualTo(calm.ends());
            assertThat(sorted("done", told))
                    .as("died %s%n%s", when, run.story())
                    .isEqualTo(sorted("done", calm));
            for (String callback : List.of("undone", "confirmed")) {
                assertThat(of(callback, told).stream().distinct())
                        .as("%s, died %s%n%s", callback, when, run.story())
                        .containsExactlyInAnyOrderElementsOf(
                                of(callback, calm).stream().distinct().toList());
            }
        }
    }

    private static List<String> sorted(String kind, Told told) {
        return of(kind, told).stream().sorted().toList();
    }
}
