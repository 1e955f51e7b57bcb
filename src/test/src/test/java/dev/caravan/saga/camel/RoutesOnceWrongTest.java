package dev.caravan.saga.camel;

import static dev.caravan.saga.routes.How.FAILS_ONCE;
import static dev.caravan.saga.routes.How.IS_LATE;
import static dev.caravan.saga.routes.How.IS_REJECTED;
import static dev.caravan.saga.routes.How.IS_SLOW;
import static dev.caravan.saga.routes.How.IS_UNKNOWN_AND_DONE;
import static dev.caravan.saga.routes.How.IS_UNKNOWN_AND_NOT_DONE;
import static dev.caravan.saga.routes.How.SUCCEEDS;
import static dev.caravan.saga.routes.Node.Form.BARE_COMMAND;
import static dev.caravan.saga.routes.Node.Form.BEAN;
import static dev.caravan.saga.routes.Node.Form.COMMAND;
import static dev.caravan.saga.routes.Node.Leaf.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.Composition.End;
import dev.caravan.saga.routes.Composition.OnException;
import dev.caravan.saga.routes.How;
import dev.caravan.saga.routes.Node;
import dev.caravan.saga.routes.Node.Around;
import dev.caravan.saga.routes.Node.Breaker;
import dev.caravan.saga.routes.Node.Form;
import dev.caravan.saga.routes.Node.Leaf;
import dev.caravan.saga.routes.Node.Loop;
import dev.caravan.saga.routes.Node.Multicast;
import dev.caravan.saga.routes.Node.Pipeline;
import dev.caravan.saga.routes.Node.Split;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.routes.Node.Try;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link RandomRoutesTest} found, made smaller: each with a death at each of its acts. */
class RoutesOnceWrongTest {

    private static RoutesTrial trial;

    @BeforeAll
    static void starts() throws Exception {
        trial = new RoutesTrial(1000);
    }

    @AfterAll
    static void stops() {
        trial.close();
    }

    private static StepNode step(int number, Form form, How how, Node inner) {
        return new StepNode(number, form, how, form != BARE_COMMAND, false, false, 0, inner);
    }

    private static StepNode step(int number, Form form) {
        return step(number, form, SUCCEEDS, null);
    }

    private static Node wireTap(Node tapped) {
        return new Around(Around.Kind.WIRE_TAP, tapped);
    }

    private static Node triedAgain(int number) {
        StepNode step = step(number, BEAN, FAILS_ONCE, null);
        return new Try(step, step, null);
    }

    private static Node parallel(Node... parts) {
        return new Multicast(false, true, true, List.of(parts));
    }

    static Stream<Node> routes() {
        return Stream.of(
                // a step that is undone to be tried again was taken for one that is undone with its saga
                new Pipeline(List.of(wireTap(step(1, BEAN)), triedAgain(2))),
                // the saga was to complete when the tap had not come to its step, or was joining it
                wireTap(step(1, COMMAND)),
                new Pipeline(List.of(wireTap(step(1, BARE_COMMAND)), step(2, BARE_COMMAND))),
                wireTap(parallel(
                        step(1, COMMAND, IS_REJECTED, null),
                        new Pipeline(List.of(
                                step(2, BARE_COMMAND),
                                new StepNode(3, COMMAND, SUCCEEDS, true, true, false, 0, null))))),
                // after a crash, nobody settled the step of a branch that was stopped before it began
                wireTap(parallel(step(1, COMMAND, IS_REJECTED, null), step(2, COMMAND))),
                new Try(parallel(step(1, COMMAND, IS_REJECTED, null), step(2, COMMAND)), null, null),
                // nor that of a tap in a block that is answered from the log
                step(1, COMMAND, SUCCEEDS, wireTap(step(2, COMMAND))),
                // the branch behind a division of its own message was taken for another one
                new Multicast(
                        false,
                        true,
                        false,
                        List.of(
                                new Pipeline(List.of(
                                        new Multicast(false, false, false, List.of(step(1, COMMAND), step(2, COMMAND))),
                                        step(3, COMMAND))),
                                step(4, COMMAND))),
                // a step that was undone was looked for in a block that is not done again
                new Try(step(1, BEAN, SUCCEEDS, step(2, BEAN, IS_UNKNOWN_AND_NOT_DONE, null)), null, null),
                // so was one that was done in such a block
                new Try(
                        step(
                                1,
                                COMMAND,
                                SUCCEEDS,
                                new Pipeline(
                                        List.of(step(2, COMMAND), step(3, COMMAND, IS_UNKNOWN_AND_NOT_DONE, null)))),
                        null,
                        null),
                // the child of the second round was taken for that of the first
                new Loop(2, new Around(Around.Kind.CHILD, step(1, COMMAND))),
                // after a crash, the step of a branch was taken for that of another division, which was stopped before
                // it
                new Try(
                        parallel(step(1, COMMAND, IS_REJECTED, null), step(2, COMMAND)),
                        new Multicast(
                                false,
                                false,
                                false,
                                List.of(step(3, COMMAND), step(2, COMMAND).at(1))),
                        null),
                // a step behind a block that broke off was taken for the one within it
                new Pipeline(List.of(
                        new Try(step(1, BEAN, IS_UNKNOWN_AND_NOT_DONE, step(2, COMMAND)), null, null),
                        step(2, COMMAND).at(1),
                        step(3, COMMAND))),
                // a branch went on after its multicast was stopped
                new Try(
                        parallel(
                                step(1, COMMAND, IS_REJECTED, null),
                                new Pipeline(List.of(step(2, COMMAND), step(3, COMMAND), step(4, COMMAND)))),
                        step(5, COMMAND),
                        null),
                // behind a block with a multicast in it, a branch was taken for another one
                new Multicast(
                        false,
                        false,
                        false,
                        List.of(new Pipeline(List.of(
                                step(1, BEAN, SUCCEEDS, new Multicast(false, false, false, List.of(NOTHING, NOTHING))),
                                step(2, BEAN))))),
                // after a crash, a branch that had been stopped was quicker, and the saga waited for a person
                new Try(
                        parallel(
                                new Split(2, false, false, new Pipeline(List.of(step(1, COMMAND), step(2, COMMAND)))),
                                step(3, COMMAND, IS_REJECTED, null)),
                        step(4, COMMAND),
                        null),
                // a step that the route had gone around was taken for one in doubt
                new Try(step(1, BEAN, IS_UNKNOWN_AND_NOT_DONE, null), null, null),
                // a step of an LRA that was closed could not join again, and was taken for one that had failed
                new Pipeline(List.of(
                        new Try(step(1, COMMAND), null, null),
                        new StepNode(2, COMMAND, SUCCEEDS, false, false, false, 0, null))),
                // a child that is to be undone fell back where it had not, since what its breaker had tried was undone
                new Around(
                        Around.Kind.CHILD,
                        new Pipeline(List.of(
                                new Breaker(Breaker.Kind.PLAIN, step(2, BEAN), NOTHING),
                                new StepNode(6, BEAN, IS_UNKNOWN_AND_DONE, false, false, false, 0, null)))),
                // after a crash, a step that had broken off was undone before those that were enlisted later
                new Loop(2, wireTap(step(1, COMMAND, SUCCEEDS, step(2, COMMAND, IS_LATE, null)))),
                parallel(
                        new StepNode(2, BEAN, IS_UNKNOWN_AND_DONE, true, false, false, 3, null),
                        new StepNode(2, BEAN, IS_UNKNOWN_AND_DONE, true, false, false, 3, null).at(1)),
                // a step was done behind its compensation, which the coordinator had asked for while it joined
                new Multicast(
                        false,
                        false,
                        true,
                        List.of(
                                step(1, BEAN),
                                new Pipeline(List.of(new Split(3, true, true, step(3, BEAN)), step(4, BEAN))))),
                // an LRA was closed though its saga was to be undone, as the log said
                new Pipeline(List.of(wireTap(step(1, BEAN)), new Leaf(Leaf.Kind.THREADS))));
    }

    static Stream<Node> routesInTime() {
        return Stream.of(
                // the child had been undone by its time-out, and its step was done again after a crash
                new Around(Around.Kind.CHILD, new StepNode(1, BEAN, IS_SLOW, true, false, true, 0, null)),
                // that a step of the child was in doubt was told as if it were the parent's own
                new Pipeline(List.of(
                        step(1, BEAN),
                        step(1, BEAN).at(1),
                        new Around(Around.Kind.CHILD, step(1, BEAN).at(2)))));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void keepTheInvariantsWhereverTheirProcessDies(Node route) throws Exception {
        tryOut(route, 0, 0);
    }

    @ParameterizedTest
    @MethodSource("routesInTime")
    void keepTheInvariantsAlsoWithATimeOut(Node route) throws Exception {
        tryOut(route, 5, 5); // odd: each block has the time-out
    }

    private static void tryOut(Node route, int limit, long ofLra) throws Exception {
        for (long seed : List.of(ofLra, 1L)) { // one is of an LRA coordinator, the other of the log
            Composition composition = new Composition(seed, 0, limit, OnException.NOTHING, End.AUTO, false, route);

            assertThat(trial.tryOut(composition)).isEmpty();
        }
    }
}
