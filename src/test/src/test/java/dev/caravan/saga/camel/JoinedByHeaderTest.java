package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.test.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A step of the saga's own application that another message joined by its header, as one over HTTP or JMS does. */
class JoinedByHeaderTest extends InEitherMode {

    private final List<String> effects = new ArrayList<>();
    private final List<SagaRing> rings = new ArrayList<>();

    private final class Routes extends RouteBuilder {

        private final World world;

        Routes(World world) {
            this.world = world;
        }

        @Override
        public void configure() {
            WorldWait.in(getContext(), () -> world);
            from("direct:trip")
                    .routeId("trip")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:book")
                    .to("direct:pay");
            step("book");
            step("flight");
            step("pay");
        }

        private void step(String name) {
            from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name)
                    .process(exchange -> {
                        act(name);
                        if (name.equals("book")) {
                            Object saga = exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION);
                            exchange.getContext()
                                    .createProducerTemplate()
                                    .requestBodyAndHeader(
                                            "direct:flight", "one", Exchange.SAGA_LONG_RUNNING_ACTION, saga);
                        }
                    });
            from("direct:undo-" + name).routeId("undo-" + name).process(exchange -> act("undo " + name));
        }

        private void act(String effect) {
            assertThat(world.current().isAlive()).isTrue();
            effects.add(effect);
        }
    }

    @AfterEach
    void stops() {
        rings.forEach(SagaRing::close);
    }

    private SagaRing first() throws Exception {
        World world = World.inOrder();
        SagaRing ring = ring(world, new Routes(world));
        rings.add(ring);
        return ring;
    }

    private SagaRing next(SagaRing dead) throws Exception {
        SagaRing ring = dead.takenOver(new Routes(dead.world));
        rings.add(ring);
        return ring;
    }

    @Test
    void isLeftInPlaceWhenItsSagaIsCompletedAfterACrash() throws Exception {
        SagaRing whole = first();
        whole.send("direct:trip", "ann");
        assertThat(whole.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        int completed = 0;
        for (int act = 1; act < whole.member.instance.acts(); act++) {
            effects.clear();
            SagaRing ring = first();
            ring.member.instance.dieAfter(act);
            ring.send("direct:trip", "ann");
            ring = next(ring);
            ring.advance(Duration.ofHours(1));

            List<String> left = new ArrayList<>(effects);
            effects.stream()
                    .filter(effect -> effect.startsWith("undo "))
                    .forEach(effect -> left.removeAll(List.of(effect, effect.substring("undo ".length()))));
            if (ring.saga().status() == SagaStatus.COMPLETED) {
                completed++;
                assertThat(left).as("killed after %d", act).containsExactly("book", "flight", "pay");
            } else {
                assertThat(left).as("killed after %d", act).isEmpty();
            }
            ring.assertNothingIsPending();
        }
        assertThat(completed).isPositive();
    }
}
