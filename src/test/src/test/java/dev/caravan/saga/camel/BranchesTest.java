package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import dev.caravan.saga.test.World;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.AsyncProcessorSupport;
import org.junit.jupiter.api.Test;

/** The steps of branches are found again by what the branches are, not by which was quicker. */
class BranchesTest extends InEitherMode {

    private SagaRing ring;

    private abstract static class Routes extends RouteBuilder {

        SagaDefinition order() {
            return from("direct:order").routeId("order").saga().propagation(SagaPropagation.REQUIRES_NEW);
        }

        /** Branches a and b at a time; when one fails, both are given up, and something is charged instead. */
        void orderOfTwoOrInstead() {
            order().doTry()
                    .multicast()
                    .parallelProcessing()
                    .stopOnException()
                    .to("direct:a", "direct:b")
                    .end()
                    .endDoTry()
                    .doCatch(Exception.class)
                    .setBody(constant("instead"))
                    .to("direct:charge")
                    .end();
        }

        /** The step charges what its body says. */
        void charge() {
            from("direct:charge")
                    .routeId("charge")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .to("saga-command:bank/Charge");
            from("direct:refund").routeId("refund").to("saga-command:bank/Refund");
        }
    }

    /** All have sent their command when the instance dies; the other one comes to its branches in another order. */
    private void crash(int seed, Supplier<Routes> routes, Object body) throws Exception {
        ring = ring(World.byChance(new Random(seed)), routes.get());
        ring.cluster.participants.actions(command -> Action.IS_SILENT);
        ring.send("direct:order", body);
        ring.member.kill();
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
        SagaRing dead = ring;
        ring = dead.takenOver(routes.get());
        ring.advance(Duration.ofSeconds(20));
        dead.close();
    }

    /** What each step was asked for, however often. */
    private Map<Step, Set<String>> asked() {
        Map<Step, Set<String>> asked = new HashMap<>();
        for (SagaCommand command : ring.cluster.participants.received()) {
            asked.computeIfAbsent(command.step(), step -> new HashSet<>())
                    .add(command.data().toString());
        }
        return asked;
    }

    private void findsItsStepsAgain(Supplier<Routes> routes, Object body, String... paths) throws Exception {
        Set<List<String>> orders = new HashSet<>();
        for (int seed = 0; seed < 12; seed++) {
            crash(seed, routes, body);
            assertThat(ring.saga().status()).as("seed %d", seed).isEqualTo(SagaStatus.COMPLETED);
            assertThat(ring.saga().steps())
                    .as("seed %d", seed)
                    .extracting(step -> step.enlistment().path())
                    .containsExactlyInAnyOrder(paths);
            assertThat(asked().values()).as("seed %d", seed).allSatisfy(data -> assertThat(data)
                    .hasSize(1));
            orders.add(ring.saga().steps().stream()
                    .map(step -> step.enlistment().path())
                    .toList());
            ring.assertNothingIsPending();
            ring.close();
        }
        assertThat(orders).as("orders in which the branches came").hasSizeGreaterThan(1);
    }

    @Test
    void thoseOfAParallelMulticast() throws Exception {
        findsItsStepsAgain(
                () -> new Routes() {
                    @Override
                    public void configure() {
                        order().multicast()
                                .parallelProcessing()
                                .to("direct:a", "direct:b", "direct:c")
                                .end();
                        for (String branch : List.of("a", "b", "c")) {
                            from("direct:" + branch)
                                    .routeId(branch)
                                    .setBody(constant(branch))
                                    .to("direct:charge");
                        }
                        charge();
                    }
                },
                "all",
                "M0@order:0",
                "M1@order:0",
                "M2@order:0");
    }

    @Test
    void thoseOfAParallelRecipientList() throws Exception {
        findsItsStepsAgain(
                () -> new Routes() {
                    @Override
                    public void configure() {
                        order().recipientList(constant("direct:a,direct:b,direct:c"))
                                .parallelProcessing()
                                .end();
                        for (String branch : List.of("a", "b", "c")) {
                            from("direct:" + branch)
                                    .routeId(branch)
                                    .setBody(constant(branch))
                                    .to("direct:charge");
                        }
                        charge();
                    }
                },
                "all",
                "M0@order:0",
                "M1@order:0",
                "M2@order:0");
    }

    @Test
    void thoseOfSplitsWithinSplitsAndOfLoopsInThem() throws Exception {
        findsItsStepsAgain(
                () -> new Routes() {
                    @Override
                    public void configure() {
                        order().split(body().tokenize(";"))
                                .parallelProcessing()
                                .split(body().tokenize(","))
                                .parallelProcessing()
                                .to("direct:charge")
                                .end()
                                .end();
                        charge();
                    }
                },
                "a,b;c,d",
                "S0@order:0/S0@order:1",
                "S0@order:0/S1@order:1",
                "S1@order:0/S0@order:1",
                "S1@order:0/S1@order:1");
    }

    private static Routes forked(boolean changed) {
        return new Routes() {
            @Override
            public void configure() {
                SagaDefinition order = order();
                if (changed) {
                    order.multicast().to("direct:news").end();
                }
                order.multicast()
                        .id("fork")
                        .parallelProcessing()
                        .to("direct:a", "direct:b")
                        .end();
                from("direct:news").routeId("news").log("forks");
                for (String branch : List.of("a", "b")) {
                    from("direct:" + branch)
                            .routeId(branch)
                            .setBody(constant(branch))
                            .to("direct:charge");
                }
                charge();
            }
        };
    }

    /** The route that goes on has another multicast before it. */
    @Test
    void thoseOfANodeThatHasAnIdOfItsOwnInAChangedRoute() throws Exception {
        ring = ring(forked(false));
        ring.cluster.participants.actions(command -> Action.IS_SILENT);
        ring.send("direct:order", "all");
        ring.member.kill();
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
        SagaRing dead = ring;
        ring = dead.takenOver(forked(true));
        ring.advance(Duration.ofSeconds(20));
        dead.close();

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.saga().steps())
                .extracting(step -> step.enlistment().path())
                .containsExactlyInAnyOrder("M0@fork", "M1@fork");
        assertThat(asked().values()).allSatisfy(data -> assertThat(data).hasSize(1));
        ring.assertNothingIsPending();
        ring.close();
    }

    /** In one route, which the saga comes to twice. */
    @Test
    void thoseOfAMulticastThatIsComeToTwice() throws Exception {
        findsItsStepsAgain(
                () -> new Routes() {
                    @Override
                    public void configure() {
                        order().to("direct:fork", "direct:fork");
                        from("direct:fork")
                                .routeId("fork")
                                .multicast()
                                .parallelProcessing()
                                .to("direct:a", "direct:b")
                                .end();
                        for (String branch : List.of("a", "b")) {
                            from("direct:" + branch)
                                    .routeId(branch)
                                    .setBody(constant(branch))
                                    .to("direct:charge");
                        }
                        charge();
                    }
                },
                "all",
                "M0@fork:0",
                "M1@fork:0",
                "M0@fork:0+1",
                "M1@fork:0+1");
    }

    /** Each part begins a saga within, of one name. */
    @Test
    void sagasWithinAreFoundAgainByTheirBranches() throws Exception {
        Supplier<Routes> routes = () -> new Routes() {
            @Override
            public void configure() {
                order().split(body().tokenize(","))
                        .parallelProcessing()
                        .to("direct:payment")
                        .end();
                from("direct:payment")
                        .routeId("payment")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:charge");
                charge();
            }
        };
        for (int seed = 0; seed < 12; seed++) {
            crash(seed, routes, "a,b,c");

            assertThat(ring.sagas())
                    .as("seed %d", seed)
                    .hasSize(4)
                    .allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
            assertThat(ring.cluster.participants.received().stream()
                            .map(command -> command.sagaId() + " " + command.data())
                            .distinct())
                    .as("seed %d", seed)
                    .hasSize(3);
            ring.assertNothingIsPending();
            ring.close();
        }
    }

    /** In each branch, the first command is answered, and the second is on its way. */
    @Test
    void aLoopInABranchGoesOnWhereItWas() throws Exception {
        for (int seed = 0; seed < 12; seed++) {
            Supplier<Routes> routes = () -> new Routes() {
                @Override
                public void configure() {
                    order().split(body().tokenize(","))
                            .parallelProcessing()
                            .loop(2)
                            .copy()
                            .setBody(simple("${body}-${exchangeProperty.CamelLoopIndex}"))
                            .to("direct:charge")
                            .end()
                            .end();
                    charge();
                }
            };
            ring = ring(World.byChance(new Random(seed)), routes.get());
            ring.cluster.participants.actions(
                    command -> command.data().asText().endsWith("-0") ? Action.SUCCEEDS : Action.IS_SILENT);
            ring.send("direct:order", "a,b,c");
            ring.advance(Duration.ofSeconds(5));
            ring.member.kill();
            ring.cluster.participants.actions(command -> Action.SUCCEEDS);
            SagaRing dead = ring;
            ring = dead.takenOver(routes.get());
            ring.advance(Duration.ofSeconds(20));
            dead.close();

            assertThat(ring.saga().status()).as("seed %d", seed).isEqualTo(SagaStatus.COMPLETED);
            assertThat(ring.saga().steps())
                    .extracting(step -> step.enlistment().path())
                    .containsExactlyInAnyOrder(
                            "S0@order:0/L0@order:0",
                            "S0@order:0/L1@order:0",
                            "S1@order:0/L0@order:0",
                            "S1@order:0/L1@order:0",
                            "S2@order:0/L0@order:0",
                            "S2@order:0/L1@order:0");
            assertThat(asked().values()).as("seed %d", seed).allSatisfy(data -> assertThat(data)
                    .hasSize(1));
            ring.assertNothingIsPending();
            ring.close();
        }
    }

    /** A saga that each part of a message begins is in no branch of its own: alone, it is found again. */
    @Test
    void aSagaThatBeginsInABranchIsInNone() throws Exception {
        ring = ring(new Routes() {
            @Override
            public void configure() {
                from("direct:all")
                        .routeId("all")
                        .split(body().tokenize(","))
                        .to("direct:order")
                        .end();
                order().to("direct:charge");
                charge();
            }
        });

        ring.send("direct:all", "a,b");

        assertThat(ring.sagas()).hasSize(2).allSatisfy(saga -> assertThat(
                        saga.steps().get(0).enlistment())
                .extracting(SagaEvent.Enlist::path, SagaEvent.Enlist::branch)
                .containsExactly("", null));
        ring.assertNothingIsPending();
        ring.close();
    }

    private static Processor works(Duration patience) {
        return new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                CamelContext here = exchange.getContext();
                SagaHost host = here.getRegistry().lookupByNameAndType("sagaHost", SagaHost.class);
                host.timers().schedule(patience, () -> callback.done(false));
                return false;
            }
        };
    }

    /** @param patience how long the tapped branch works before it comes to its step */
    private void tap(Duration patience) throws Exception {
        ring = ring(new Routes() {
            @Override
            public void configure() {
                order().wireTap("direct:aside").setBody(constant("ship")).to("direct:charge");
                from("direct:aside")
                        .routeId("aside")
                        .setBody(constant("points"))
                        .process(works(patience))
                        .to("direct:charge");
                charge();
            }
        });

        ring.send("direct:order", "all");
        ring.advance(Duration.ofHours(1));
    }

    @Test
    void aTappedBranchThatIsOnItsWayToAStepIsWaitedFor() throws Exception {
        tap(Duration.ofSeconds(3));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.saga().steps())
                .extracting(step -> step.enlistment().path(), StepState::status)
                .containsExactlyInAnyOrder(tuple("", StepStatus.SUCCEEDED), tuple("~@order:0", StepStatus.SUCCEEDED));
        ring.assertNothingIsPending();
        ring.close();
    }

    private static Routes parts(int most) {
        return new Routes() {
            @Override
            public void configure() {
                order().process(exchange -> exchange.getIn()
                                .setBody(List.of(exchange.getIn()
                                                .getBody(String.class)
                                                .split(","))
                                        .stream()
                                        .limit(most)
                                        .toList()))
                        .split(body())
                        .to("direct:charge")
                        .end();
                charge();
            }
        };
    }

    /** The paths of its log have no nodes. */
    @Test
    void aSagaOfALogWithoutNodesGoesOnInItsBranches() throws Exception {
        ring = ring(parts(3));
        SagaId old = new SagaId("0_old");
        SagaLog log = ring.cluster.log.of(ring.member.instance);
        List<SagaEvent> events = List.of(
                new SagaEvent.Start("order", null, null, new TextNode("a,b,c"), Map.of(), "orders"),
                charged(1, "S0"),
                new SagaEvent.Success(new Step("CHARGE", 1), "Charge", new TextNode("a")),
                charged(2, "S1"));
        for (int i = 0; i < events.size(); i++) {
            log.append(new SagaLogEntry(old, i, 0, ring.world.now(), events.get(i)));
        }
        ring.world.run();
        ring.member.kill();
        SagaRing dead = ring;
        ring = dead.takenOver(parts(3));
        ring.advance(Duration.ofSeconds(20));
        dead.close();

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(asked())
                .containsOnly(
                        Map.entry(new Step("CHARGE", 2), Set.of("\"b\"")),
                        Map.entry(new Step("CHARGE", 3), Set.of("\"c\"")));
        assertThat(ring.saga().steps())
                .extracting(step -> step.enlistment().path())
                .containsExactly("S0", "S1", "S2@order:0");
        ring.assertNothingIsPending();
        ring.close();
    }

    private static SagaEvent charged(int occurrence, String path) {
        return new SagaEvent.Enlist(
                new Step("CHARGE", occurrence),
                "direct://refund",
                null,
                Map.of(),
                occurrence - 1,
                null,
                null,
                null,
                null,
                path,
                null);
    }

    @Test
    void waitsForAPersonWhenThePartOfAStepIsGone() throws Exception {
        ring = ring(parts(3));
        ring.cluster.participants.actions(
                command -> command.data().asText().equals("c") ? Action.IS_SILENT : Action.SUCCEEDS);
        ring.send("direct:order", "a,b,c");
        ring.member.kill();
        SagaRing dead = ring;
        ring = dead.takenOver(parts(1));
        ring.advance(Duration.ofSeconds(20));
        dead.close();

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(ring.saga().reason()).isEqualTo("the log has CHARGE#2 next, the route came to its end");
        ring.close();
    }

    @Test
    void aBranchBeginsNothingWhenItsMulticastWasStopped() throws Exception {
        ring = ring(new Routes() {
            @Override
            public void configure() {
                orderOfTwoOrInstead();
                from("direct:a").routeId("a").setBody(constant("a")).to("saga-command:desk/Refuse");
                from("direct:b")
                        .routeId("b")
                        .setBody(constant("b"))
                        .to("direct:charge")
                        .setBody(constant("late"))
                        .to("direct:charge");
                charge();
            }
        });
        ring.cluster.participants.actions(
                command -> command.command().equals("Refuse") ? Action.IS_REJECTED : Action.SUCCEEDS);

        ring.send("direct:order", "all");
        ring.advance(Duration.ofHours(1));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(asked().values().stream().flatMap(Set::stream))
                .contains("\"b\"", "\"instead\"")
                .doesNotContain("\"late\"");
        ring.assertNothingIsPending();
        ring.close();
    }

    private Routes givenUp(Duration failing, Duration other) {
        return new Routes() {
            @Override
            public void configure() {
                orderOfTwoOrInstead();
                from("direct:a")
                        .routeId("a")
                        .process(works(failing))
                        .setBody(constant("a"))
                        .to("saga-command:desk/Refuse");
                from("direct:b")
                        .routeId("b")
                        .process(works(other))
                        .setBody(constant("b"))
                        .to("direct:charge");
                charge();
            }
        };
    }

    /** Which of its branches were begun depends on which was quicker: here the failing one, when the route is run again. */
    @Test
    void aStepOfANodeThatWasGivenUpIsNotMissed() throws Exception {
        ring = ring(givenUp(Duration.ofSeconds(1), Duration.ZERO));
        ring.cluster.participants.actions(command -> command.command().equals("Refuse")
                ? Action.IS_REJECTED
                : command.data().asText().equals("instead") ? Action.IS_SILENT : Action.SUCCEEDS);
        ring.send("direct:order", "all");
        ring.advance(Duration.ofSeconds(5));
        assertThat(ring.saga().steps()).hasSize(3);
        ring.member.kill();
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
        SagaRing dead = ring;
        ring = dead.takenOver(givenUp(Duration.ZERO, Duration.ofMinutes(10)));
        ring.advance(Duration.ofHours(1));
        dead.close();

        assertThat(ring.saga().reason()).isNull();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        ring.assertNothingIsPending();
        ring.close();
    }

    /** Here it is the branch that had been stopped that is quicker when the route is run again. */
    @Test
    void aBranchThatHadBeenStoppedBeginsNothingWhenTheRouteIsRunAgain() throws Exception {
        ring = ring(givenUp(Duration.ZERO, Duration.ofMinutes(10)));
        ring.cluster.participants.actions(
                command -> command.command().equals("Refuse") ? Action.IS_REJECTED : Action.IS_SILENT);
        ring.send("direct:order", "all");
        ring.advance(Duration.ofSeconds(5));
        assertThat(ring.saga().steps()).hasSize(2);
        ring.member.kill();
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
        SagaRing dead = ring;
        ring = dead.takenOver(givenUp(Duration.ofSeconds(1), Duration.ZERO));
        ring.advance(Duration.ofHours(1));
        dead.close();

        assertThat(ring.saga().reason()).isNull();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(asked().values().stream().flatMap(Set::stream)).doesNotContain("\"b\"");
        ring.assertNothingIsPending();
        ring.close();
    }
}
