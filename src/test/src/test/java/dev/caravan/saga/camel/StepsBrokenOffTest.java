package dev.caravan.saga.camel;

import static org.apache.camel.builder.Builder.constant;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of beans that fail: a route that goes another way goes it after a crash, too. */
class StepsBrokenOffTest extends PlainSteps {

    /** Cannot be made of a text. */
    static final class SeatTakenException extends Exception {

        private static final long serialVersionUID = 1L;

        SeatTakenException(int seat) {
            super("seat " + seat);
        }
    }

    private static Processor fails(Exception failure) {
        return exchange -> {
            throw failure;
        };
    }

    /** The first bank fails behind its effect; the second one is silent when the instance dies. */
    private Routes twoBanks(Class<? extends Exception> caught, Exception failure) {
        return new Routes() {
            @Override
            public void configure() {
                saga().doTry()
                        .to("direct:first")
                        .doCatch(caught)
                        .process(exchange -> seen.add(exchange.getProperty("CamelExceptionCaught")
                                .getClass()
                                .getSimpleName()))
                        .to("direct:second")
                        .end();
                step("first").process(does("first")).process(fails(failure));
                step("second").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("first", undoes("first"));
                undo("second", undoes("second"));
            }
        };
    }

    @Test
    void aRouteThatCaughtTheFailureGoesTheSameWayAfterACrash() {
        killedInCharge(twoBanks(IOException.class, new FileNotFoundException("no line to the bank")));

        scenario.expect().completed();
        assertThat(effects).containsExactly("first null");
        assertThat(seen).containsExactly("FileNotFoundException", "FileNotFoundException");
        assertThat(undone).containsExactly("first");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRouteThatCaughtTheCauseOfAFailureGoesTheSameWayAfterACrash(boolean isMadeAgain) {
        Exception cause = new IOException("broken pipe", new FileNotFoundException("no line to the bank"));
        killedInCharge(twoBanks(
                FileNotFoundException.class,
                isMadeAgain
                        ? new IOException("no answer", cause)
                        : (Exception) new SeatTakenException(12).initCause(cause)));

        scenario.expect().completed();
        assertThat(effects).containsExactly("first null");
        assertThat(undone).containsExactly("first");
    }

    /** The route that tapped it does not stop, and the saga is at its last step when the instance dies. */
    @Test
    void aStepWhoseFailureAnErrorHandlerTookHasNotEndedBeforeACrash() {
        killedInCharge(new Routes() {
            @Override
            public void configure() {
                saga().wireTap("direct:first").to("direct:second");
                from("direct:first")
                        .routeId("first")
                        .errorHandler(deadLetterChannel("log:dead?level=OFF"))
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:undo-first")
                        .process(does("first"))
                        .throwException(new IllegalStateException("no line to the bank"));
                step("second").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("first", undoes("first"));
                undo("second", undoes("second"));
            }
        });

        scenario.expect().completed();
        assertThat(effects).containsExactly("first null");
        assertThat(undone).containsExactly("first");
    }

    /** That it broke off is in the log all the same. */
    @Test
    void aRouteGoesTheSameWayAfterACrashWhenTheMessageOfTheFailureIsLargerThanTheLogTakes() {
        killedInCharge(new Routes() {
            @Override
            public void configure() {
                saga().doTry()
                        .to("direct:first")
                        .doCatch(IllegalStateException.class)
                        .to("direct:second")
                        .end();
                step("first")
                        .process(does("first"))
                        .setBody(constant("x".repeat(2_000_000)))
                        .throwException(new IllegalStateException("no line to the bank"));
                step("second").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("first", undoes("first"));
                undo("second", undoes("second"));
            }
        });

        scenario.expect().completed();
        assertThat(effects).containsExactly("first null");
        assertThat(undone).containsExactly("first");
    }

    @Test
    void anExceptionThatCannotBeMadeAgainIsNotTakenForAnother() {
        scenario(twoBanks(SeatTakenException.class, new SeatTakenException(12)))
                .given("Charge")
                .isSilent();
        scenario.start("direct:trip", "{}").kill();
        end();

        scenario.expect().status(SagaStatus.COMPENSATED);
        assertThat(effects).containsExactly("first null");
        assertThat(undone).containsExactlyInAnyOrder("first", "second");
        scenario.expect().reason("seat 12");
    }

    @Test
    void anyExceptionIsCaughtAgainByWhatCatchesAll() {
        killedInCharge(twoBanks(Exception.class, new SeatTakenException(12)));

        scenario.expect().completed();
        assertThat(effects).containsExactly("first null");
        assertThat(undone).containsExactly("first");
        assertThat(seen).containsExactly("SeatTakenException", "RecordedFailureException");
    }

    @Test
    void aRouteThatCaughtTheFailureFindsTheMessageThatTheBlockLeft() {
        killedInCharge(new Routes() {
            @Override
            public void configure() {
                saga().doTry()
                        .to("direct:first")
                        .doCatch(IOException.class)
                        .process(exchange -> seen.add("%s, %s, %s"
                                .formatted(
                                        exchange.getIn().getBody(),
                                        exchange.getIn().getHeader("id"),
                                        exchange.getVariable("seats"))))
                        .to("direct:second")
                        .end();
                step("first")
                        .process(exchange -> {
                            exchange.getIn().setBody("taken");
                            exchange.getIn().setHeader("id", UUID.randomUUID());
                            exchange.setVariable("seats", List.of(1, 2));
                        })
                        .process(does("first"))
                        .process(fails(new IOException("no line")));
                step("second").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("first", undoes("first"));
                undo("second", undoes("second"));
            }
        });

        scenario.expect().completed();
        assertThat(seen).hasSize(2).allMatch(message -> message.matches("taken, \\S{36}, \\[1, 2]"));
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
    }

    /** As many exceptions of libraries have it. */
    public static final class NoLineException extends Exception {

        private static final long serialVersionUID = 1L;

        public NoLineException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    @Test
    void anExceptionThatIsMadeOfATextAndACauseIsMadeAgain() {
        killedInCharge(twoBanks(NoLineException.class, new NoLineException("no line", new IOException("reset"))));

        scenario.expect().completed();
        assertThat(seen).containsExactly("NoLineException", "NoLineException");
    }

    @Test
    void eachEffectIsThereOnceOrUndoneWhereverTheInstanceDies() {
        Routes routes = twoBanks(IOException.class, new IOException("no line to the bank"));
        scenario(routes).start("direct:trip", "{}").advance(LONG);
        scenario.expect().completed();
        int acts = scenario.acts();
        for (int act = 0; act < acts; act++) {
            scenario(routes).dieAfter(act).start("direct:trip", "{}").advance(LONG);
            SagaState end = end();

            assertThat(effects).as("act %d", act).hasSizeLessThanOrEqualTo(1);
            assertThat(undone).as("act %d", act).contains("first");
            assertThat(end.status()).as("act %d", act).isIn(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
        }
    }

    /** The participant says that nothing took effect; of the bean, it does not know. */
    @Test
    void aStepWhoseCommandIsRejectedIsUndoneWhenABeanOfItDidSomethingBefore() {
        scenario(new Routes() {
                    @Override
                    public void configure() {
                        saga().to("direct:order");
                        step("order")
                                .process(does("order"))
                                .setBody(constant("{}"))
                                .to("saga-command:bank/Charge");
                        undo("order", undoes("order"));
                    }
                })
                .given("Charge")
                .isRejected();
        scenario.start("direct:trip", "{}").advance(LONG);

        scenario.expect().compensated();
        assertThat(effects).hasSize(1);
        assertThat(undone).containsExactly("order");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatStandsBehindAnAnsweredCommandIsInDoubtAndWhatStandsBehindAnUnansweredOneIsNot(boolean answered) {
        scenario(new Routes() {
                    @Override
                    public void configure() {
                        saga().to("direct:order");
                        step("order")
                                .setBody(constant("{}"))
                                .to("saga-command:bank/Charge")
                                .process(does("order"))
                                .setBody(constant("{}"))
                                .to("saga-command:bank/Book");
                        undo("order", undoes("order"));
                    }
                })
                .given(answered ? "Book" : "Charge")
                .isSilent();
        scenario.start("direct:trip", "{}").kill();
        scenario.given(answered ? "Book" : "Charge").succeedsWith(Map.of());
        end();

        assertThat(effects).hasSize(1);
        scenario.expect().status(answered ? SagaStatus.COMPENSATED : SagaStatus.COMPLETED);
        assertThat(undone).isEqualTo(answered ? List.of("order") : List.of());
    }

    /** The block that starts the saga has a compensation, so what it does itself is a step, too. */
    private Routes startThatIsAStep(boolean idempotent) {
        return new Routes() {
            @Override
            public void configure() {
                var start = saga().compensation("direct:undo-trip");
                if (idempotent) {
                    start.option(SagaConstants.IDEMPOTENT, constant(true));
                }
                start.process(does("trip")).to("direct:pay");
                step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("trip", undoes("trip"));
                undo("pay", undoes("pay"));
            }
        };
    }

    @Test
    void whatABlockDoesThatStartsASagaAndHasACompensationIsNotDoneAgain() {
        scenario(startThatIsAStep(false)).given("Charge").isSilent();
        scenario.start("direct:trip", "{}").kill();
        SagaState end = end();

        scenario.expect().status(SagaStatus.COMPENSATED);
        assertThat(end.reason()).contains("Step TRIP is in doubt");
        assertThat(effects).hasSize(1);
        assertThat(undone).containsExactly("pay", "trip");
    }

    @Test
    void itIsDoneAgainWhereItIsDeclaredIdempotent() {
        killedInCharge(startThatIsAStep(true));

        scenario.expect().completed();
        assertThat(effects).hasSize(2);
        assertThat(undone).isEmpty();
    }

    @Test
    void aStartGoesOnWhoseOwnWorkHasNotBegun() {
        killedInCharge(new Routes() {
            @Override
            public void configure() {
                saga().compensation("direct:undo-trip").to("direct:pay").process(does("trip"));
                step("pay").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("trip", undoes("trip"));
                undo("pay", undoes("pay"));
            }
        });

        scenario.expect().completed();
        assertThat(effects).hasSize(1);
    }

    /** What is outside of sagas, within a step, is the step's work all the same. */
    @Test
    void aBlockThatIsInNoSagaIsPlainWorkOfTheStepAroundIt() {
        Processor dying = dies();
        scenario(new Routes() {
            @Override
            public void configure() {
                saga().to("direct:order");
                step("order").to("direct:outside");
                from("direct:outside")
                        .routeId("outside")
                        .saga()
                        .propagation(SagaPropagation.NOT_SUPPORTED)
                        .process(does("order"))
                        .process(dying);
                undo("order", undoes("order"));
            }
        });
        scenario.start("direct:trip", "{}");
        end();

        scenario.expect().compensated();
        assertThat(effects).hasSize(1);
        assertThat(scenario.expect().state().steps().get(0).status()).isEqualTo(StepStatus.COMPENSATED);
    }

    @Test
    void aRouteConfigurationTellsExceptionsApartAfterACrash() {
        scenario(context -> {
            context.addRoutes(new RouteConfigurationBuilder() {
                @Override
                public void configuration() {
                    routeConfiguration("catching")
                            .onException(IOException.class)
                            .continued(true)
                            .process(exchange -> seen.add("caught"));
                }
            });
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:trip")
                            .routeId("trip")
                            .routeConfigurationId("catching")
                            .saga()
                            .propagation(SagaPropagation.REQUIRES_NEW)
                            .to("direct:order")
                            .setBody(constant("{}"))
                            .to("saga-command:bank/Charge");
                    from("direct:order")
                            .routeId("order")
                            .errorHandler(noErrorHandler())
                            .saga()
                            .propagation(SagaPropagation.MANDATORY)
                            .compensation("direct:undo")
                            .process(does("order"))
                            .process(fails(new IOException("no line")));
                    from("direct:undo").routeId("undo").process(undoes("order"));
                }
            });
        });
        killedInCharge();

        scenario.expect().completed();
        assertThat(effects).containsExactly("order null");
        assertThat(seen).containsExactly("caught", "caught");
        assertThat(undone).containsExactly("order");
    }
}
