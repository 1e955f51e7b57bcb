package dev.caravan.saga.camel;

import static org.apache.camel.builder.Builder.body;
import static org.apache.camel.builder.Builder.constant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of beans in an instance that is killed: one that ended is not done again, and one in doubt is undone. */
class StepEndsTest extends PlainSteps {

    record Ticket(String seat) {}

    private Routes threeSteps() {
        return new Routes() {
            @Override
            public void configure() {
                saga().to("direct:order").to("direct:credit").to("direct:finish");
                step("order")
                        .process(exchange -> exchange.getIn().setHeader("id", UUID.randomUUID()))
                        .process(does("order"));
                step("credit").process(does("credit"));
                step("finish").process(does("finish"));
                List.of("order", "credit", "finish").forEach(name -> undo(name, undoes(name)));
            }
        };
    }

    @Test
    void eachStepTakesEffectOnceWhereverTheInstanceDies() {
        scenario(threeSteps()).start("direct:trip", "{}").advance(LONG);
        scenario.expect().completed();
        int acts = scenario.acts();
        assertThat(acts).isGreaterThanOrEqualTo(8);

        int inDoubt = 0;
        for (int act = 1; act < 2 * acts; act++) {
            scenario(threeSteps());
            if (act % 2 == 0) {
                scenario.dieBefore(act / 2);
            } else {
                scenario.dieAfter(act / 2);
            }
            scenario.start("direct:trip", "{}").advance(LONG);
            SagaState before = scenario.expect().state();
            SagaState end = end();
            List<StepState> open = before.steps().stream()
                    .filter(step -> step.status() == StepStatus.ENLISTED)
                    .toList();
            inDoubt += open.size();

            assertThat(effects).as("act %d", act).doesNotHaveDuplicates();
            assertThat(effects.stream().map(effect -> effect.split(" ")[1]).distinct())
                    .as("ids, act %d", act)
                    .hasSizeLessThanOrEqualTo(1);
            if (open.isEmpty()) {
                assertThat(end.status()).as("act %d", act).isEqualTo(SagaStatus.COMPLETED);
                assertThat(effects).hasSize(3);
                assertThat(undone).isEmpty();
            } else {
                assertThat(end.status()).as("act %d", act).isEqualTo(SagaStatus.COMPENSATED);
                assertThat(end.reason()).contains("Step " + open.get(0).step() + " is in doubt");
                assertThat(undone.stream().map(String::toUpperCase))
                        .containsExactlyInAnyOrderElementsOf(end.steps().stream()
                                .map(step -> step.step().name())
                                .toList());
            }
        }
        assertThat(inDoubt).isEqualTo(6);
    }

    @Test
    void givesTheRouteTheMessageThatTheStepLeft() {
        killedInCharge(new Routes() {
            @Override
            public void configure() {
                saga().setHeader("old", constant("x"))
                        .setProperty("old", constant("y"))
                        .to("direct:order")
                        .process(exchange -> seen.add(describe(exchange)))
                        .to("direct:pay");
                step("order").process(exchange -> {
                    effects.add("order");
                    exchange.getIn().setBody(new byte[] {-1, 0, (byte) effects.size()});
                    exchange.getIn().setHeader("at", new Date(effects.size()));
                    exchange.getIn().removeHeader("old");
                    exchange.removeProperty("old");
                    exchange.setProperty("count", (long) effects.size());
                    exchange.setVariable("id", new UUID(1, effects.size()));
                });
                step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("order", undoes("order"));
                undo("pay", undoes("pay"));
            }
        });

        scenario.expect().completed();
        assertThat(effects).containsExactly("order");
        assertThat(seen).hasSize(2);
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
    }

    /** Secrets, and what is of one run such as a request, are in no log. The route has made them anew. */
    @Test
    void leavesAsItIsWhatIsNeverKept() {
        killedInCharge(new Routes() {
            @Override
            public void configure() {
                saga().process(exchange -> List.of("Authorization", "request", "old")
                                .forEach(name -> {
                                    Object value = name.equals("request") ? exchange.getContext() : "Bearer " + name;
                                    exchange.getIn().setHeader(name, value);
                                    exchange.setProperty(name, value);
                                    exchange.setVariable(name, value);
                                }))
                        .to("direct:order")
                        .process(
                                exchange -> seen.add(OthersRoutes.seen(exchange).toString()))
                        .to("direct:pay");
                step("order").process(does("order")).process(exchange -> {
                    exchange.getIn().removeHeader("old");
                    exchange.removeProperty("old");
                    exchange.removeVariable("old");
                });
                step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
            }
        });

        scenario.expect().completed();
        assertThat(effects).hasSize(1);
        assertThat(seen).hasSize(2);
        assertThat(seen.get(0))
                .contains("Bearer Authorization", "header request", "property request", "variable request")
                .doesNotContain("Bearer old");
        assertThat(seen.get(1).replaceAll("CamelContext\\S*", ""))
                .isEqualTo(seen.get(0).replaceAll("CamelContext\\S*", ""));
        assertThat(scenario.expect().state().toString()).doesNotContain("Bearer");
    }

    @Test
    void keepsAFileThatIsAnOption(@TempDir Path directory) {
        killedInCharge(new Routes() {
            @Override
            public void configure() {
                saga().process(exchange -> exchange.getIn()
                                .setBody(Files.writeString(directory.resolve("order"), "7 seats")
                                        .toFile()))
                        .to("direct:order")
                        .to("direct:pay")
                        .throwException(new IllegalStateException("no"));
                step("order").option("order", body()).process(does("order"));
                step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("order", exchange -> undone.add(exchange.getIn().getHeader("order", String.class)));
                undo("pay", undoes("pay"));
            }
        });

        scenario.expect().status(SagaStatus.COMPENSATED);
        assertThat(undone).containsExactly("pay", "7 seats");
    }

    /** Its route could not go on with the same message. */
    @Test
    void undoesAStepOfCommandsWhoseMessageIsNotKept() {
        killedInCharge(new Routes() {
            @Override
            public void configure() {
                saga().to("direct:book").to("direct:pay");
                step("book")
                        .setBody(constant("{}"))
                        .to("saga-command:train/Book")
                        .setHeader("ticket", constant(new Ticket("12A")));
                step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("book", undoes("book"));
                undo("pay", undoes("pay"));
            }
        });

        scenario.expect().status(SagaStatus.COMPENSATED);
        assertThat(scenario.expect().state().reason()).contains("Step BOOK ended before a crash");
        assertThat(undone).containsExactly("pay", "book");
    }

    private static String describe(Exchange exchange) {
        Map<String, Object> headers = new HashMap<>(exchange.getIn().getHeaders());
        headers.keySet().retainAll(List.of("at", "old"));
        return "%s %s %s %s %s"
                .formatted(
                        List.of(exchange.getIn().getBody(byte[].class)[2]),
                        exchange.getIn().getBody().getClass(),
                        headers,
                        exchange.getProperty("count").getClass() + " " + exchange.getProperty("old"),
                        exchange.getVariables());
    }

    private Routes bodyOf(String step, Function<SagaDefinition, ProcessorDefinition<?>> content) {
        return new Routes() {
            @Override
            public void configure() {
                saga().to("direct:" + step);
                content.apply(step(step));
                undo(step, undoes(step));
            }
        };
    }

    static Stream<Arguments> notations() {
        return Stream.of(
                Arguments.of("trip.camel.xml", """
                        <routes xmlns="http://camel.apache.org/schema/xml-io">
                          <route id="trip"><from uri="direct:trip"/>
                            <saga propagation="REQUIRES_NEW"><to uri="direct:order"/></saga></route>
                          <route id="order"><from uri="direct:order"/>
                            <saga propagation="MANDATORY">
                              <compensation uri="direct:undo"/>
                              <option key="caravan.idempotent"><constant>true</constant></option>
                              <to uri="direct:work"/>
                            </saga></route>
                        </routes>
                        """), Arguments.of("trip.camel.yaml", """
                        - route:
                            id: trip
                            from:
                              uri: direct:trip
                              steps:
                                - saga: {propagation: REQUIRES_NEW, steps: [{to: direct:order}]}
                        - route:
                            id: order
                            from:
                              uri: direct:order
                              steps:
                                - saga:
                                    propagation: MANDATORY
                                    compensation: direct:undo
                                    option: [{key: caravan.idempotent, expression: {constant: {expression: "true"}}}]
                                    steps: [{to: direct:work}]
                        """), Arguments.of("Java", null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notations")
    void doesAStepAgainThatIsDeclaredIdempotent(String name, String file) {
        Processor dying = dies();
        scenario(context -> {
            if (file != null) {
                PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString(name, file));
            }
            context.addRoutes(new Routes() {
                @Override
                public void configure() {
                    if (file == null) {
                        saga().to("direct:order");
                        from("direct:order")
                                .routeId("order")
                                .saga()
                                .propagation(SagaPropagation.MANDATORY)
                                .compensation("direct:undo")
                                .option(SagaConstants.IDEMPOTENT, constant(true))
                                .to("direct:work");
                    }
                    from("direct:work").routeId("work").process(does("order")).process(dying);
                    from("direct:undo").routeId("undo").process(undoes("order"));
                }
            });
        });
        scenario.start("direct:trip", "{}");
        end();

        scenario.expect().completed();
        assertThat(effects).containsExactly("order null", "order null");
        assertThat(scenario.expect().state().steps().get(0).enlistment().options())
                .isEmpty();
    }

    @Test
    void doesARetriableStepAgainThoughTheRouteWentAroundThePivot() {
        Processor dying = dies();
        scenario(new Routes() {
            @Override
            public void configure() {
                saga().choice().when(constant(false)).to("direct:charge").end().to("direct:ship");
                step("charge")
                        .option(SagaConstants.STEP_KIND, constant("pivot"))
                        .process(does("charge"));
                step("ship")
                        .option(SagaConstants.STEP_KIND, constant("retriable"))
                        .process(does("ship"))
                        .process(dying);
            }
        });
        scenario.start("direct:trip", "{}");
        end();

        scenario.expect().completed();
        assertThat(effects).containsExactly("ship null", "ship null");
    }

    /** Which steps a {@code toD} leads to, the start does not see. */
    @Test
    void doesAStepBehindThePivotAgain() {
        Processor dying = dies();
        scenario(new Routes() {
            @Override
            public void configure() {
                saga().to("direct:charge").setHeader("next", constant("ship")).toD("direct:${header.next}");
                step("charge")
                        .option(SagaConstants.STEP_KIND, constant("pivot"))
                        .process(does("charge"));
                step("ship").process(does("ship")).process(dying);
            }
        });
        scenario.start("direct:trip", "{}");
        end();

        scenario.expect().completed();
        assertThat(effects).containsExactly("charge null", "ship null", "ship null");
    }

    @Test
    void goesForwardBehindThePivotWhereTheRestGoesBackward() {
        scenario(new Routes() {
                    @Override
                    public void configure() {
                        saga().to("direct:charge").to("direct:ship");
                        step("charge")
                                .option(SagaConstants.STEP_KIND, constant("pivot"))
                                .process(does("charge"));
                        step("ship")
                                .option(SagaConstants.STEP_KIND, constant("retriable"))
                                .setBody(constant("{}"))
                                .to("saga-command:depot/Ship");
                    }
                })
                .property("caravan.recovery", "backward")
                .given("Ship")
                .isSilent();
        scenario.start("direct:trip", "{}").kill();
        scenario.given("Ship").succeedsWith(Map.of());
        end();

        scenario.expect().completed();
        assertThat(effects).containsExactly("charge null");
    }

    @Test
    void undoesASagaWhoseRouteCatchesThatAStepIsInDoubt() {
        Processor dying = dies();
        scenario(new Routes() {
            @Override
            public void configure() {
                saga().doTry()
                        .to("direct:order")
                        .doCatch(Exception.class)
                        .process(does("another way"))
                        .end();
                step("order").process(does("order")).process(dying);
                undo("order", undoes("order"));
            }
        });
        scenario.start("direct:trip", "{}");
        SagaState end = end();

        scenario.expect().compensated();
        assertThat(end.reason()).contains("Step ORDER is in doubt");
        assertThat(undone).containsExactly("order");
    }

    @Test
    void goesOnWithAStepThatOnlySendsCommands() {
        killedInCharge(bodyOf("order", step -> step.setBody(constant("{}"))
                .choice()
                .when(body().isNotNull())
                .log("it has one")
                .end()
                .to("saga-command:bank/Charge")
                .process(does("order"))));

        scenario.expect().completed();
        assertThat(effects).hasSize(1);
    }

    @Test
    void undoesAStepThatMayHaveDoneSomethingBeforeItsCommand() {
        scenario(bodyOf("order", step -> step.process(does("order"))
                        .setBody(constant("{}"))
                        .to("saga-command:bank/Charge")))
                .given("Charge")
                .isSilent();
        scenario.start("direct:trip", "{}").kill();
        end();

        scenario.expect().status(SagaStatus.COMPENSATED);
        assertThat(effects).hasSize(1);
        assertThat(undone).containsExactly("order");
    }

    /** The route is not gone on with behind it after a crash either. */
    @Test
    void aStepThatStopsTheRouteIsNotDoneAgain() {
        Routes routes = new Routes() {
            @Override
            public void configure() {
                saga().to("direct:order").to("direct:finish");
                step("order").process(does("order")).stop();
                step("finish").process(does("finish"));
                List.of("order", "finish").forEach(name -> undo(name, undoes(name)));
            }
        };
        scenario(routes).start("direct:trip", "{}").advance(LONG);
        int acts = scenario.acts();
        int wentOn = 0;
        for (int act = 0; act < acts; act++) {
            scenario(routes).dieAfter(act).start("direct:trip", "{}").advance(LONG);
            boolean ended = scenario.expect().state().steps().stream().anyMatch(step -> step.left() != null);
            SagaState end = end();

            assertThat(effects)
                    .as("act %d", act)
                    .hasSizeLessThanOrEqualTo(1)
                    .allMatch(effect -> effect.startsWith("order"));
            if (ended) {
                wentOn++;
                assertThat(end.status()).as("act %d", act).isEqualTo(SagaStatus.COMPLETED);
            }
        }
        assertThat(wentOn).isPositive();
    }

    /** What a step contains is skipped with it: the second turn of the loop must not take the steps of the first. */
    @Test
    void findsTheStepsOfAnotherTurnBehindOneThatIsNotDoneAgain() {
        Routes routes = new Routes() {
            @Override
            public void configure() {
                saga().loop(2)
                        .setHeader("id", exchangeProperty(Exchange.LOOP_INDEX))
                        .to("direct:outer")
                        .end()
                        .to("direct:pay");
                step("outer").to("direct:inner").process(does("outer"));
                step("inner").process(does("inner"));
                step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
                List.of("outer", "inner", "pay").forEach(name -> undo(name, undoes(name)));
            }
        };
        scenario(routes).start("direct:trip", "{}").advance(LONG);
        int acts = scenario.acts();
        for (int act = 0; act < acts; act++) {
            scenario(routes).dieAfter(act).start("direct:trip", "{}").advance(LONG);
            SagaState end = end();

            assertThat(effects).as("act %d", act).doesNotHaveDuplicates();
            assertThat(end.steps()).as("act %d", act).hasSizeLessThanOrEqualTo(5);
            if (end.status() == SagaStatus.COMPLETED) {
                assertThat(effects).containsExactly("inner 0", "outer 0", "inner 1", "outer 1");
            }
        }
    }

    @Test
    void undoesASagaThatCannotGoOnBehindAStepWhoseMessageIsNotKept() {
        scenario(new Routes() {
                    @Override
                    public void configure() {
                        saga().to("direct:order").setBody(constant("{}")).to("direct:pay");
                        step("order").process(does("order")).setBody(exchange -> new Ticket("12A"));
                        step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
                        undo("order", undoes("order"));
                        undo("pay", undoes("pay"));
                    }
                })
                .given("Charge")
                .isSilent();
        scenario.start("direct:trip", "{}").kill();
        SagaState end = end();

        scenario.expect().status(SagaStatus.COMPENSATED);
        assertThat(effects).hasSize(1);
        assertThat(undone).contains("order");
        assertThat(end.reason()).contains("Step ORDER ended").contains("caravan.serializable-types");
    }

    @Test
    void completesASagaWhoseMessagesAreNotKeptWhenNothingHappens() {
        scenario(bodyOf("order", step -> step.process(does("order")).setBody(exchange -> new Ticket("12A"))));
        scenario.start("direct:trip", "{}").advance(LONG);

        scenario.expect().completed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"setting", "route"})
    void undoesASagaThatIsToGoBackward(String where) {
        scenario(new Routes() {
                    @Override
                    public void configure() {
                        RouteDefinition route = from("direct:trip").routeId("trip");
                        if (where.equals("route")) {
                            route.routeProperty(SagaConstants.RECOVERY, "backward");
                        }
                        route.saga().propagation(SagaPropagation.REQUIRES_NEW).to("direct:pay");
                        step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
                        undo("pay", undoes("pay"));
                    }
                })
                .given("Charge")
                .isSilent();
        if (where.equals("setting")) {
            scenario.property("caravan.recovery", "Backward ");
        }
        scenario.start("direct:trip", "{}").kill();
        SagaState end = end();

        scenario.expect().status(SagaStatus.COMPENSATED);
        assertThat(end.reason()).contains("caravan.recovery is backward");
        assertThat(undone).containsExactly("pay");
    }

    @Test
    void refusesARecoveryThatIsNoWay() {
        scenario(threeSteps()).property("caravan.recovery", "sideways");

        assertThatThrownBy(() -> scenario.start("direct:trip", "{}"))
                .hasMessageContaining("caravan.recovery is 'sideways'. Say forward or backward");
    }

    @ParameterizedTest
    @ValueSource(strings = {"caravan.idempotent", "caravan.other"})
    void refusesAReservedOptionThatItDoesNotKnow(String option) {
        scenario(
                bodyOf("order", step -> step.option(option, constant("perhaps")).process(does("order"))));
        scenario.start("direct:trip", "{}").advance(LONG);

        scenario.expect().compensated().reason(option);
        assertThat(effects).isEmpty();
    }

    @Test
    void writesNoEndOfAStepOnlyIfItIsOneCommand() throws Exception {
        try (SagaRing ring = new SagaRing(new Routes() {
            @Override
            public void configure() {
                saga().to("direct:pay").to("direct:call").to("direct:note");
                step("pay").log("one command").to("saga-command:bank/Charge");
                step("call").to("mock:plain");
                step("note").to("saga-command:bank/Note").setHeader("noted", constant(true));
            }
        })) {
            ring.send("direct:trip", Map.of("id", 1));
            ring.advance(LONG);

            assertThat(ring.events(ring.saga().sagaId()).stream()
                            .filter(SagaEvent.StepEnd.class::isInstance)
                            .map(event -> ((SagaEvent.StepEnd) event).step().name()))
                    .containsExactly("CALL", "NOTE");
        }
    }
}
