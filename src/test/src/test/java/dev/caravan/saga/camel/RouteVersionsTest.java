package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaAnswers.Answer;
import dev.caravan.saga.engine.SagaAnswers.By;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A route that changes while its sagas wait for days. */
class RouteVersionsTest extends InEitherMode {

    private static final Duration TWO_DAYS = Duration.ofDays(2);

    private final List<String> done = new ArrayList<>();
    private SagaRing ring;

    /** Before: reserve, approval, charge. After: approval, ship. */
    private final class Routes extends RouteBuilder {

        private final boolean newest;
        private final boolean older;

        private Routes(boolean newest, boolean older) {
            this.newest = newest;
            this.older = older;
        }

        @Override
        public void configure() {
            if (newest) {
                step("ship", "ship");
                from("direct:order")
                        .routeId("order")
                        .routeProperty(SagaConstants.VERSION, "2")
                        .saga()
                        .to("saga-await:approval?timeout=96h")
                        .to("direct:ship");
            }
            if (older || !newest) {
                step("reserve", "reserve");
                step("charge", "charge");
                RouteDefinition order = newest
                        ? from("direct:order-1").routeId("order-1").routeProperty(SagaConstants.VERSION_OF, "order")
                        : from("direct:order").routeId("order");
                order.routeProperty(SagaConstants.VERSION, "1")
                        .saga()
                        .to("direct:reserve")
                        .to("saga-await:approval?timeout=96h")
                        .to("direct:charge");
            }
        }

        private void step(String id, String what) {
            from("direct:" + id)
                    .routeId(id)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("mock:undo")
                    .process(exchange -> done.add(what));
        }
    }

    private void start(boolean newest, boolean older) throws Exception {
        ring = ring(new Routes(newest, older));
    }

    private void restart(boolean newest, boolean older) throws Exception {
        ring.member.instance.die();
        ring.close();
        ring = ring.takenOver(new Routes(newest, older));
    }

    @AfterEach
    void close() {
        if (ring != null) {
            ring.close();
        }
    }

    private void approve(SagaId saga) {
        ring.world.as(
                ring.member.instance,
                () -> ring.member.answers.answer(
                        saga, new Step("APPROVAL", 1), Answer.yes(TextNode.valueOf("ok")), By.NOBODY));
        ring.world.run();
    }

    private static List<String> steps(SagaState saga) {
        return saga.steps().stream().map(StepState::step).map(Step::name).toList();
    }

    /** The process is restarted twice, with a clock that is two days on, and the approval comes. */
    @Test
    void endsASagaOnTheVersionThatItBeganWithWhileNewOnesTakeTheNewest() throws Exception {
        start(false, false);
        ring.send("direct:order", "x");
        SagaId old = ring.saga().sagaId();
        restart(true, true);
        ring.send("direct:order", "x");
        restart(true, true);
        ring.advance(TWO_DAYS);
        assertThat(ring.sagas()).extracting(saga -> saga.start().name()).containsOnly("order");
        assertThat(ring.sagas()).extracting(saga -> saga.start().version()).containsExactlyInAnyOrder("1", "2");

        ring.sagas().forEach(saga -> approve(saga.sagaId()));

        assertThat(ring.sagas()).extracting(SagaState::status).containsOnly(SagaStatus.COMPLETED);
        for (SagaState saga : ring.sagas()) {
            assertThat(steps(saga))
                    .isEqualTo(
                            saga.sagaId().equals(old)
                                    ? List.of("RESERVE", "APPROVAL", "CHARGE")
                                    : List.of("APPROVAL", "SHIP"));
        }
        assertThat(done).containsExactlyInAnyOrder("reserve", "charge", "ship");
        ring.assertNothingIsPending();
    }

    @Test
    void goesOnWithTheNewestWhereItsOwnVersionIsNotThere() throws Exception {
        start(false, false);
        ring.send("direct:order", "x");
        restart(true, false);

        approve(ring.saga().sagaId());

        assertThat(done).containsExactly("reserve", "ship");
    }

    /** What a message starts that is sent to the older version is one of its name and version. */
    @Test
    void startsASagaOfTheSameNameInTheOlderVersion() throws Exception {
        start(true, true);
        ring.send("direct:order-1", "x");

        assertThat(ring.saga().start().name()).isEqualTo("order");
        assertThat(ring.saga().start().version()).isEqualTo("1");
        assertThat(ring.context.getInflightRepository().size()).isZero();
        assertThat(RouteVersions.older(ring.context)).containsExactly(new RouteVersions.Older("order", "1", "order-1"));
        approve(ring.saga().sagaId());
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void refusesVersionsThatCannotBeToldApart() throws Exception {
        for (Map<String, String> versions : List.of(Map.of("order", "1", "order-1", "1"), Map.of("order", "1"))) {
            try (DefaultCamelContext context = new DefaultCamelContext()) {
                context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        for (String id : List.of("order", "order-1")) {
                            RouteDefinition route = from("direct:" + id).routeId(id);
                            if (versions.containsKey(id)) {
                                route.routeProperty(SagaConstants.VERSION, versions.get(id));
                            }
                            if (id.equals("order-1")) {
                                route.routeProperty(SagaConstants.VERSION_OF, "order");
                            }
                            route.saga().to("mock:done");
                        }
                    }
                });

                assertThatThrownBy(() -> RouteVersions.check(context))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("order-1")
                        .hasMessageContaining("saga.version");
            }
        }
    }
}
