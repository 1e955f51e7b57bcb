package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A saga that waits for two goods, and routes that tell it of them. */
class SignalsTest extends InEitherMode {

    private final List<Object> came = new ArrayList<>();
    private SagaRing ring;

    private final class Routes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("saga-await:goods?timeout=48h")
                    .process(exchange -> came.add(exchange.getMessage().getBody()))
                    .to("saga-await:goods?timeout=48h")
                    .process(exchange -> came.add(exchange.getMessage().getBody()));
            from("direct:goods").routeId("goods").to("saga-signal:goods");
            from("direct:sold-out").routeId("sold-out").to("saga-signal:goods?code=SOLD_OUT");
        }
    }

    @BeforeEach
    void starts() throws Exception {
        ring = ring(new Routes());
        ring.send("direct:order", "an order", Map.of(SagaConstants.SAGA_KEY, "o1"));
    }

    @AfterEach
    void stops() {
        ring.close();
    }

    private static Map<String, Object> record(int offset) {
        return Map.of(
                SagaConstants.SAGA_KEY, "o1", "kafka.TOPIC", "goods", "kafka.PARTITION", 0, "kafka.OFFSET", offset);
    }

    @Test
    void takesEachRecordOnceHoweverOftenItComes() {
        assertThat(ring.context.getInflightRepository().size()).isZero();
        ring.answer("direct:goods", "coffee", record(1));
        ring.answer("direct:goods", "coffee", record(1));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);

        ring.answer("direct:goods", "tea", record(2));

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(came).startsWith("coffee").endsWith("tea");
        ring.assertNothingIsPending();
    }

    @Test
    void tellsANoBySagaId() {
        Exchange told = ring.answer(
                "direct:sold-out",
                "no more",
                Map.of(SagaConstants.SAGA_ID, ring.saga().sagaId().value()));

        assertThat(told.getException()).isNull();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).contains("no more");
        assertThat(ring.saga().steps().get(0).failures().get("goods").code()).isEqualTo("SOLD_OUT");
    }

    @Test
    void failsTheMessageThatSaysNoSagaOrOneThatIsNotThere() {
        assertThat(ring.answer("direct:goods", "tea").getException()).hasMessageContaining("does not know which saga");
        assertThat(ring.answer("direct:goods", "tea", Map.of(SagaConstants.SAGA_KEY, "o2"))
                        .getException())
                .hasMessageContaining("no saga with the key o2");
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.EXECUTING);
    }
}
