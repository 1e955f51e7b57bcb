package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sagas that begin inside of others, and what asks for an end inside of a compensation. */
class ChildSagasTest extends InEitherMode {

    private SagaRing ring;

    private abstract static class Routes extends RouteBuilder {

        SagaDefinition saga(String name, SagaPropagation propagation) {
            return from("direct:" + name).routeId(name).saga().propagation(propagation);
        }
    }

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private List<String> sent() {
        return ring.cluster.participants.received().stream()
                .map(SagaCommand::command)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(ExchangePattern.class)
    void theStepAfterAChildIsTheParents(ExchangePattern pattern) throws Exception {
        ring = ring(new Routes() {
            @Override
            public void configure() {
                saga("order", SagaPropagation.REQUIRES_NEW)
                        .setExchangePattern(pattern)
                        .to("direct:payment")
                        .to("direct:ship");
                saga("payment", SagaPropagation.REQUIRES_NEW).to("saga-command:bank/Charge");
                saga("ship", SagaPropagation.MANDATORY)
                        .compensation("direct:recall")
                        .to("saga-command:depot/Ship");
                from("direct:recall").routeId("recall").to("saga-command:depot/Recall");
            }
        });

        ring.send("direct:order", Map.of("id", 1));

        assertThat(ring.sagas())
                .extracting(
                        SagaState::name,
                        SagaState::status,
                        saga -> saga.steps().get(0).step().name())
                .containsExactlyInAnyOrder(
                        tuple("order", SagaStatus.COMPLETED, "SHIP"), tuple("payment", SagaStatus.COMPLETED, "CHARGE"));
    }

    /** Who has its parent has the child, too, and can go on with both. */
    @Test
    void aChildIsInThePartitionOfItsParent() throws Exception {
        ring = ringOf(3, new Routes() {
            @Override
            public void configure() {
                saga("order", SagaPropagation.REQUIRES_NEW).to("direct:payment").to("direct:payment");
                saga("payment", SagaPropagation.REQUIRES_NEW).to("saga-command:bank/Charge");
            }
        });

        for (int order = 0; order < 5; order++) {
            ring.send("direct:order", Map.of("id", order));
        }
        ring.advance(Duration.ofMinutes(1));

        List<SagaState> payments = ring.sagas().stream()
                .filter(saga -> saga.name().equals("payment"))
                .toList();
        assertThat(payments).hasSize(10).allSatisfy(payment -> assertThat(
                        ring.cluster.log.partitionOf(payment.sagaId()))
                .isEqualTo(ring.cluster.log.partitionOf(payment.started().parent())));
        assertThat(payments.stream()
                        .map(payment -> ring.cluster.log.partitionOf(payment.sagaId()))
                        .distinct())
                .hasSizeGreaterThan(1);
    }

    /** As a bean or a component does that sets the out message: it carries the child's header. */
    @Test
    @SuppressWarnings("deprecation") // whatever still answers by the out message
    void theStepAfterAChildThatLeftAnotherMessageIsTheParents() throws Exception {
        ring = ring(new Routes() {
            @Override
            public void configure() {
                saga("order", SagaPropagation.REQUIRES_NEW).to("direct:payment").to("direct:ship");
                saga("payment", SagaPropagation.REQUIRES_NEW)
                        .to("saga-command:bank/Charge")
                        .process(exchange -> exchange.getOut().copyFrom(exchange.getIn()));
                saga("ship", SagaPropagation.MANDATORY)
                        .compensation("direct:recall")
                        .to("saga-command:depot/Ship");
                from("direct:recall").routeId("recall").to("saga-command:depot/Recall");
            }
        });

        ring.send("direct:order", Map.of("id", 1));

        assertThat(ring.sagas())
                .extracting(
                        SagaState::name,
                        SagaState::status,
                        saga -> saga.steps().get(0).step().name())
                .containsExactlyInAnyOrder(
                        tuple("order", SagaStatus.COMPLETED, "SHIP"), tuple("payment", SagaStatus.COMPLETED, "CHARGE"));
    }

    /** Camel leaves the header of the saga before on a message that a route has set since. */
    @Test
    @SuppressWarnings("deprecation") // whatever still answers by the out message
    void aSagaAfterOneThatHasEndedIsAnother() throws Exception {
        ring = ring(new Routes() {
            @Override
            public void configure() {
                from("direct:order").routeId("order").to("direct:payment").to("direct:ship");
                saga("payment", SagaPropagation.REQUIRED)
                        .to("saga-command:bank/Charge")
                        .process(exchange -> exchange.getOut().copyFrom(exchange.getIn()));
                saga("ship", SagaPropagation.REQUIRED).to("saga-command:depot/Ship");
            }
        });

        Exchange answer = ring.answer("direct:order", Map.of("id", 1));

        assertThat(answer.getException()).isNull();
        assertThat(ring.sagas())
                .extracting(SagaState::name, SagaState::status)
                .containsExactlyInAnyOrder(tuple("payment", SagaStatus.COMPLETED), tuple("ship", SagaStatus.COMPLETED));
    }

    /** @param wayOut what the compensation does beside its work */
    private void compensate(String wayOut) throws Exception {
        ring = ring(new Routes() {
            @Override
            public void configure() {
                saga("order", SagaPropagation.REQUIRES_NEW).to("direct:pay").to("saga-command:depot/Ship");
                saga("pay", SagaPropagation.MANDATORY)
                        .compensation("direct:refund")
                        .to("saga-command:bank/Charge");
                from("direct:refund")
                        .routeId("refund")
                        .to("saga-command:bank/Refund")
                        .to(wayOut);
                saga("give-up", SagaPropagation.MANDATORY).to("saga:compensate");
                saga("apologize", SagaPropagation.MANDATORY).to("saga-command:desk/Apologize");
            }
        });
        ring.cluster.participants.actions(
                command -> command.command().equals("Ship") ? Action.IS_REJECTED : Action.SUCCEEDS);
        ring.send("direct:order", Map.of("id", 1));
        ring.advance(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"saga:compensate", "direct:give-up"})
    void askingForCompensationInsideOfACompensationDoesNothing(String wayOut) throws Exception {
        compensate(wayOut);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(sent()).containsExactly("Charge", "Ship", "Refund");
    }

    @ParameterizedTest
    @ValueSource(strings = {"saga:complete", "direct:apologize"})
    void aCompensationThatAsksForWhatCannotBeFailsAndSaysWhy(String wayOut) throws Exception {
        compensate(wayOut);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.FAILED);
        assertThat(ring.saga().problem())
                .containsAnyOf(
                        "The COMPENSATION of step PAY cannot ask for the COMPLETION of its saga",
                        "Cannot begin: the COMPENSATION of step PAY has no steps of its own",
                        "Cannot begin: status is COMPENSATING");
    }
}
