package dev.caravan.saga.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.builder.Builder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The test kit tells what production does. */
class TruthOfTheKitTest {

    private static final Duration LONG = Duration.ofHours(1);

    private SagaScenario saga;

    @AfterEach
    void close() {
        if (saga != null) {
            saga.close();
        }
    }

    private abstract static class Routes extends RouteBuilder {

        SagaDefinition order() {
            return from("direct:order").routeId("order").saga().propagation(SagaPropagation.REQUIRES_NEW);
        }

        SagaDefinition step(String name) {
            from("direct:undo-" + name).routeId("undo-" + name).to("saga-command:shop/undo-" + name);
            return from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name);
        }
    }

    private SagaScenario scenario(Routes routes) {
        saga = SagaScenario.of(context -> context.addRoutes(routes));
        return saga;
    }

    /** A participant that did nothing cannot make it final: the saga is FAILED, and names the step. */
    @Test
    void aCompletionOfWhatWasNotDoneIsRefused() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().to("direct:note");
                step("note").completion("direct:finish").process(exchange -> {});
                from("direct:finish").routeId("finish").to("saga-command:shop/finish");
            }
        });
        saga.start("direct:order", Map.of()).advance(LONG);

        saga.expect()
                .status(SagaStatus.FAILED)
                .step("NOTE", StepStatus.COMPLETION_FAILED)
                .reason("was not done");
    }

    @Test
    void aRouteThatWaitsOnItsThreadForAStepGoesOn() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().process(exchange ->
                                getContext().createProducerTemplate().send("direct:pay", exchange))
                        .to("direct:ship");
                step("pay").to("saga-command:shop/pay");
                step("ship").to("saga-command:shop/ship");
            }
        });
        saga.start("direct:order", Map.of());

        saga.expect().completed().actions("pay", "ship");
    }

    @Test
    void timeGoesByForARouteThatWaitsOnItsThread() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().process(exchange ->
                        getContext().createProducerTemplate().send("direct:pay", exchange));
                step("pay").to("saga-command:shop/pay?timeout=20s");
            }
        });
        saga.given("pay").isSilent().start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated().compensations("undo-pay");
    }

    @Test
    void aRouteThatWaitsOnItsThreadDiesWithItsInstance() {
        Routes routes = new Routes() {
            @Override
            public void configure() {
                order().process(exchange ->
                                getContext().createProducerTemplate().send("direct:pay", exchange))
                        .to("direct:ship");
                step("pay").to("saga-command:shop/pay");
                step("ship").to("saga-command:shop/ship");
            }
        };
        scenario(routes).start("direct:order", Map.of());
        int acts = saga.acts();
        saga.close();
        for (int act = 0; act < acts; act++) {
            scenario(routes).dieAfter(act).start("direct:order", Map.of());
            saga.recover().advance(LONG);

            saga.expect().completed().actions("pay", "ship");
            saga.close();
        }
    }

    @Test
    void aRouteThatWaitsForWhatNeverComesFailsWithASentence() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().process(exchange -> new CompletableFuture<>().get());
            }
        });

        assertThatThrownBy(() -> saga.hangLimit(Duration.ofMillis(50)).start("direct:order", Map.of()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("A route waits on its thread, without a limit")
                .hasMessageContaining("TruthOfTheKitTest");
    }

    /** As if the route asked for it in a block that it does not stand in. */
    @Test
    void aCommandThatGoesOutInAnotherStepsNameIsRed() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().to("direct:pay").to("direct:ship");
                step("pay").to("saga-command:shop/pay").process(exchange -> getContext()
                        .createProducerTemplate()
                        .send("saga-command:shop/ship", exchange));
                step("ship").to("saga-command:shop/ship");
            }
        });
        saga.start("direct:order", Map.of());

        assertThatThrownBy(saga::expect)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ship to be sent in the name of SHIP, as the route has it, and not of step PAY");
    }

    @Test
    void aCompensationWaitsForAnActionAtWorkAndUsesUpNoAttempts() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().to("direct:pay");
                step("pay").to("saga-command:shop/pay?timeout=5s");
            }
        });
        saga.given("pay").does(Action.IS_SLOW).given("undo-pay").failsFirst(4);
        saga.start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated();
        assertThat(saga.expect().state().steps().get(0).attempts()).isEqualTo(4);
    }

    /** As a command does that took a longer way. */
    @Test
    void anActionThatComesAfterItsCompensationTakesNoEffect() {
        World world = World.inOrder();
        SimulatedParticipants participants = new SimulatedParticipants(world);
        List<SagaReply> replies = new ArrayList<>();
        participants.replyTo(replies::add);
        CommandSender sender = participants.of(new Instance(world, "one"));
        SagaId order = new SagaId("order");
        Step pay = new Step("PAY", 1);

        sender.send(new SagaCommand(order, pay, "shop", "undo-pay", null, Phase.COMPENSATION), Map.of());
        world.run();
        sender.send(new SagaCommand(order, pay, "shop", "pay", null, Phase.ACTION), Map.of());
        world.run();

        assertThat(replies)
                .extracting(SagaReply::status, SagaReply::code)
                .containsExactly(
                        tuple(SagaReply.Status.SUCCESS, null),
                        tuple(SagaReply.Status.FAILED, Inbox.ALREADY_COMPENSATED));
        assertThat(participants.deeds()).isEmpty();
        assertThat(participants.inEffect(order)).isEmpty();
    }

    @Test
    void anOptionThatDoesNotFitInARecordFailsItsStep() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().to("direct:pay");
                step("pay")
                        .option("picture", Builder.constant("x".repeat(1_100_000)))
                        .to("saga-command:shop/pay");
            }
        });
        saga.start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated().actions().reason("more than the log accepts");
    }

    @Test
    void aMessageThatDoesNotFitInARecordFailsItsStep() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().to("direct:pay");
                step("pay").setBody(Builder.constant("x".repeat(1_100_000))).to("saga-command:shop/pay");
            }
        });
        saga.start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated().actions().reason("more than Kafka accepts");
    }

    @Test
    void aNameThatIsNoTextFailsItsStep() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().to("direct:pay");
                step("pay").setBody(Builder.constant(Map.of("half \uD83D", 1))).to("saga-command:shop/pay");
            }
        });
        saga.start("direct:order", Map.of()).advance(LONG);

        saga.expect().compensated().actions().reason("half a character");
    }

    @Test
    void aSagaWithinTheSagaIsExpectedByItsName() {
        scenario(new Routes() {
            @Override
            public void configure() {
                order().to("direct:points").to("direct:pay");
                from("direct:points")
                        .routeId("points")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("saga-command:shop/points");
                step("pay").to("saga-command:shop/pay");
            }
        });
        saga.start("direct:order", Map.of());

        saga.expect().completed().actions("pay");
        saga.expect("points").completed().actions("points");
    }
}
