package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.Effects.What;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.Composition.OnException;
import dev.caravan.saga.routes.How;
import dev.caravan.saga.routes.Node.Around;
import dev.caravan.saga.routes.Node.Form;
import dev.caravan.saga.routes.Node.StepNode;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * What a composition did here is what it does by Camel's own service: each effect, its order, how the sagas ended, and
 * what the caller got. What differs is in the migration page and below, each with its reason.
 */
final class Comparison {

    private final Composition composition;
    private final RoutesRun here;
    private final CamelInMemory.Run camels;

    Comparison(Composition composition, RoutesRun here, CamelInMemory.Run camels) {
        this.composition = composition;
        this.here = here;
        this.camels = camels;
    }

    void check() {
        if (differs()) {
            return;
        }
        same("done", here.effects().refs(What.DONE), camels.effects().refs(What.DONE));
        if (here.ends().contains(SagaStatus.FAILED)) {
            assertThat(composition.steps())
                    .as("FAILED; there it counts as compensated")
                    .anyMatch(step -> step.undoFails() >= Cluster.BACKOFF.attempts());
            return;
        }
        if (composition.isStartedByMessage()) {
            same("the answer", answer(here.answer()), answer(camels.answer()));
        }
        if (composition.onException() == OnException.HANDLED) {
            return; // a saga whose exception was handled is compensated here, and completed there
        }
        same("ends", here.ends().stream().map(SagaStatus::name).toList(), camels.ends());
        sameEndings("undone", What.UNDONE);
        sameEndings("completed", What.CONFIRMED); // an LRA coordinator completes in the order that it likes
    }

    /**
     * Here a saga waits for the branch that nobody waits for, where Camel's may end before it has begun; behind a saga
     * within a saga, a route is in its own again, where Camel leaves it in none that is open; a saga that its time-out
     * ended sends no commands, of which Camel knows nothing; and which branches are stopped by the failure of another
     * depends on which was quicker. A step that is tried again is undone first. Camel's participants are never too slow or
     * too long for a log.
     */
    private boolean differs() {
        return composition.has(Around.Kind.WIRE_TAP)
                || composition.has(Around.Kind.CHILD)
                || composition.has(Form.SAGA)
                || composition.limit() > 0
                        && composition.steps().stream().anyMatch(step -> step.form() == Form.BARE_COMMAND)
                || composition.isParallelAndStops()
                || composition.has(How.IS_SLOW)
                || composition.has(How.IS_TOO_LARGE)
                || composition.has(How.IS_SECOND)
                || composition.has(How.FAILS_ONCE);
    }

    /**
     * Camel's way with two kinds of steps is another. One that failed while the route went on counts as done there and
     * is completed; here it is undone, or was never done. And a compensation whose error was handled has failed here.
     */
    private boolean isAnotherWay(String ref) {
        StepNode step = here.effects().step(ref);
        boolean goneAround = here.ends().equals(List.of(SagaStatus.COMPLETED))
                && !here.effects().isCountedOn(ref);
        return goneAround || step.undoFails() > 0 && RandomRoutes.handlesErrorsOfEndings(step);
    }

    private void sameEndings(String what, What effect) {
        boolean anyOrder = effect == What.CONFIRMED && composition.isOfLra();
        same(
                what,
                endings(here.effects().refs(effect)),
                endings(camels.effects().refs(effect)),
                anyOrder);
    }

    private List<String> endings(List<String> refs) {
        return refs.stream().filter(ref -> !isAnotherWay(ref)).toList();
    }

    private void same(String what, List<String> ours, List<String> theirs) {
        same(what, ours, theirs, false);
    }

    private void same(String what, List<String> ours, List<String> theirs, boolean anyOrder) {
        boolean sorted = anyOrder || composition.isParallel();
        assertThat(sorted ? ours.stream().sorted().toList() : ours)
                .as(what + " as by Camel's own service")
                .isEqualTo(sorted ? theirs.stream().sorted().toList() : theirs);
    }

    private static List<String> answer(Exchange exchange) {
        return List.of(
                "failure: " + failure(exchange.getException()),
                "body: " + exchange.getMessage().getBody(),
                "trail:" + exchange.getMessage().getHeader(RandomRoutes.TRAIL));
    }

    /** Of commands, Camel knows nothing. */
    private static String failure(Exception exception) {
        String text = exception == null ? "none" : String.valueOf(exception.getMessage());
        return text.startsWith("step ") || exception == null ? text : "some";
    }
}
