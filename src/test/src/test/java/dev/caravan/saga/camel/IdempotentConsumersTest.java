package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An idempotent consumer in the saga's own route, whose repository is there when its process has died. */
class IdempotentConsumersTest extends InEitherMode {

    private final List<SagaRing> rings = new ArrayList<>();
    private final List<String> effects = new ArrayList<>();
    private IdempotentRepository repository;

    @AfterEach
    void stops() {
        rings.forEach(SagaRing::close);
    }

    private final class Routes extends RouteBuilder {

        private final String setting;

        private Routes(String setting) {
            this.setting = setting;
        }

        @Override
        public void configure() {
            getContext().getPropertiesComponent().addInitialProperty("caravan.other-path", setting);
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .idempotentConsumer(header("id"), repository)
                    .to("direct:pay")
                    .to("direct:ship");
            step("pay");
            step("ship");
        }

        private void step(String name) {
            from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name)
                    .process(exchange -> act(name));
            from("direct:undo-" + name).routeId("undo-" + name).process(exchange -> act("undo " + name));
        }
    }

    private void act(String effect) {
        assertThat(rings.get(rings.size() - 1).world.current().isAlive()).isTrue();
        effects.add(effect);
    }

    private SagaRing first(String setting) throws Exception {
        effects.clear();
        repository = MemoryIdempotentRepository.memoryIdempotentRepository();
        SagaRing ring = ring(new Routes(setting));
        rings.add(ring);
        return ring;
    }

    private SagaState recovered(String setting, int act) throws Exception {
        SagaRing dead = first(setting);
        dead.member.instance.dieAfter(act);
        dead.send("direct:order", "one", Map.of("id", 7));
        SagaRing next = dead.takenOver(new Routes(setting));
        rings.add(next);
        next.advance(Duration.ofHours(1));
        return next.saga();
    }

    private List<String> left() {
        List<String> left = new ArrayList<>(effects);
        effects.stream().filter(effect -> effect.startsWith("undo ")).forEach(effect -> Stream.of(
                        effect, effect.substring("undo ".length()))
                .forEach(left::remove));
        return left;
    }

    @Test
    void leavesOutAMessageThatComesAgain() throws Exception {
        SagaRing ring = first("wait");
        ring.send("direct:order", "one", Map.of("id", 7));
        ring.send("direct:order", "one", Map.of("id", 7));

        assertThat(ring.sagas()).extracting(SagaState::status).containsOnly(SagaStatus.COMPLETED);
        assertThat(effects).containsExactly("pay", "ship");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait", "undo"})
    void neverCompletesASagaWithoutWhatIsInIt(String setting) throws Exception {
        SagaRing whole = first(setting);
        whole.send("direct:order", "one", Map.of("id", 7));
        assertThat(whole.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        List<SagaStatus> ends = new ArrayList<>();
        for (int act = 0; act < whole.member.instance.acts(); act++) {
            SagaState saga = recovered(setting, act);
            ends.add(saga.status());
            switch (saga.status()) {
                case COMPLETED -> assertThat(left()).as("died after %d", act).containsExactly("pay", "ship");
                case COMPENSATED -> assertThat(left()).as("died after %d", act).isEmpty();
                default -> {
                    assertThat(setting).isEqualTo("wait");
                    assertThat(saga.reason()).contains("idempotentConsumer");
                    assertThat(effects).as("died after %d", act).isEmpty();
                }
            }
        }
        assertThat(ends).contains(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
    }
}
