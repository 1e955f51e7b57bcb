package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.camel.OthersRoutes.Shape;
import dev.caravan.saga.camel.OthersRun.Effect;
import dev.caravan.saga.camel.OthersRun.Told;
import dev.caravan.saga.test.Instance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Applications of others' shapes do, in both modes, effect by effect what they do by Camel's own service in memory: each with
 * the message that it had there. And wherever their process dies, each effect is there once, or none is left.
 */
@ExtendWith(WithoutLogs.class)
class OthersRoutesTest {

    private static final Map<String, Shape> SHAPES = OthersShapes.all();
    private static final int DEATHS = 4;

    /** As the migration page says: behind a saga within a saga, a route is in its own again. */
    private static final Set<String> DIFFERENT = Set.of("NOT_SUPPORTED with a saga in it");

    /** The route goes on around a step that failed: that is undone, where Camel completes it. */
    private static final Set<String> GONE_AROUND = Set.of(
            "doCatch of all says what went wrong",
            "load balancer with failover",
            "a choice on what a breaker in a step came to");

    /** After a crash, nobody sends what is outside of any saga. */
    private static final Set<String> OUTSIDE = Set.of("a saga for each item, which knows its number");

    static Stream<Arguments> shapes() {
        return SHAPES.keySet().stream().flatMap(name -> Stream.of("log", "lra").map(mode -> Arguments.of(name, mode)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void doesWhatItDoesByCamelsOwnService(String name, String mode) throws Exception {
        Told ours = new OthersRun(SHAPES.get(name)).byCaravan(mode.equals("lra"), instance -> {});
        Told camels = new OthersRun(SHAPES.get(name)).byCamel();

        if (DIFFERENT.contains(name)) {
            return;
        }
        assertThat(ours.ends()).isEqualTo(camels.ends());
        assertThat(ours.answer()).isEqualTo(camels.answer());
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
    void hasEachEffectOnceWhereverItsProcessDies(String name, String mode) throws Exception {
        if (OUTSIDE.contains(name)) {
            return;
        }
        OthersRun whole = new OthersRun(SHAPES.get(name));
        Told calm = whole.byCaravan(mode.equals("lra"), instance -> {});
        List<Integer> acts = new ArrayList<>(
                Stream.iterate(0, act -> act + 1).limit(2L * whole.acts()).toList());
        Collections.shuffle(acts, new Random(name.hashCode()));
        for (int act : acts.subList(0, Math.min(DEATHS, acts.size()))) {
            int which = act / 2;
            Consumer<Instance> death =
                    act % 2 == 0 ? instance -> instance.dieBefore(which) : instance -> instance.dieAfter(which);
            if (act > 0) {
                died(name, mode, calm, death, (act % 2 == 0 ? "before " : "after ") + which);
            }
        }
    }

    private static void died(String name, String mode, Told calm, Consumer<Instance> death, String when)
            throws Exception {
        OthersRun run = new OthersRun(SHAPES.get(name));
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
