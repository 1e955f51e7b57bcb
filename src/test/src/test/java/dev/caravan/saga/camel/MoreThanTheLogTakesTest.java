package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaEvent;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.model.language.ConstantExpression;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What is larger than a record may be fails its step, and the saga is undone with a reason that fits; the message that a
 * step leaves is not needed for that.
 */
class MoreThanTheLogTakesTest extends InEitherMode {

    private static final String LARGE = "x".repeat(1_200_000);
    private static final Step PAY = new Step("PAY", 1);

    private SagaRing ring;

    private void start(Consumer<SagaDefinition> pay, String result) throws Exception {
        ring = ring(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:order")
                        .routeId("order")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("direct:pay");
                pay.accept(from("direct:pay")
                        .routeId("pay")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:refund"));
                from("direct:refund").routeId("refund").to("saga-command:bank/Refund");
            }
        });
        ring.cluster.participants.results(command -> new TextNode(result));
        ring.send("direct:order", Map.of("id", 1));
        ring.advance(Duration.ofMinutes(10));
    }

    private void isUndone() {
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.cluster.participants.inEffect(ring.saga().sagaId())).isEmpty();
    }

    @AfterEach
    void endsAtOnceAndLeavesNothing() {
        assertThat(ring.events(ring.saga().sagaId())).noneMatch(SagaEvent.Resume.class::isInstance);
        ring.assertNothingIsPending();
        ring.close();
    }

    @Test
    void anOptionFailsItsStep() throws Exception {
        start(pay -> pay.option("picture", new ConstantExpression(LARGE)).to("saga-command:bank/Charge"), "paid");

        isUndone();
        assertThat(ring.cluster.participants.received()).isEmpty();
        assertThat(ring.saga().reason()).contains("more than the log accepts").hasSizeLessThan(10_000);
    }

    @Test
    void aReasonIsShortened() throws Exception {
        start(
                pay -> pay.to("saga-command:bank/Charge").process(exchange -> {
                    throw new IllegalStateException(LARGE);
                }),
                "paid");

        isUndone();
        assertThat(ring.saga().reason()).startsWith("xxx").hasSizeLessThan(10_000);
        assertThat(ring.saga().step(PAY).orElseThrow().status()).isEqualTo(StepStatus.COMPENSATED);
    }

    @Test
    void aResultLeavesItsStepToBeUndone() throws Exception {
        start(pay -> pay.to("saga-command:bank/Charge"), LARGE);

        isUndone();
        assertThat(ring.saga().step(PAY).orElseThrow().status()).isEqualTo(StepStatus.COMPENSATED);
        assertThat(ring.saga().step(PAY).orElseThrow().error()).contains("its result is larger than the log takes");
    }

    /** It is kept for a crash only: without one, the route has the message that the step left. */
    @Test
    void theMessageThatAStepLeavesFailsNothing() throws Exception {
        start(pay -> pay.to("saga-command:bank/Charge").setBody(new ConstantExpression(LARGE)), "paid");

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.saga().step(PAY).orElseThrow().left().unkept()).contains("larger than the log takes");
    }
}
