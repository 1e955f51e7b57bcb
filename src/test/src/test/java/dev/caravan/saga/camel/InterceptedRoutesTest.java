package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code intercept} goes before each node of a route: a saga runs as it does without, and so it does after a crash. */
class InterceptedRoutesTest extends PlainSteps {

    private Routes intercepted() {
        return new Routes() {
            @Override
            public void configure() {
                intercept().process(exchange -> exchange.setProperty("intercepted", true));
                saga().loop(2)
                        .setHeader("id", exchangeProperty("CamelLoopIndex"))
                        .to("direct:seat")
                        .end()
                        .circuitBreaker()
                        .to("direct:meal")
                        .onFallback()
                        .throwException(new IllegalStateException("fell back"))
                        .end()
                        .wireTap("direct:audit")
                        .setHeader("id", constant("last"))
                        .to("direct:pay");
                List.of("seat", "meal", "pay").forEach(name -> {
                    step(name).process(does(name));
                    undo(name, undoes(name));
                });
                from("direct:audit").routeId("audit").process(exchange -> {});
            }
        };
    }

    @Test
    void eachStepTakesEffectOnceWhereverTheInstanceDies() {
        scenario(intercepted()).start("direct:trip", "{}").advance(LONG);
        scenario.expect().completed();
        List<String> all = List.copyOf(effects);
        assertThat(all).containsExactly("seat 0", "seat 1", "meal 1", "pay last");
        int acts = scenario.acts();
        for (int act = 1; act < acts; act++) {
            scenario(intercepted()).dieAfter(act).start("direct:trip", "{}").advance(LONG);

            if (end().status() == SagaStatus.COMPLETED) {
                assertThat(effects).as("killed after %d", act).isEqualTo(all);
            } else {
                assertThat(undone).as("killed after %d", act).hasSizeGreaterThanOrEqualTo(effects.size());
            }
            assertThat(effects).as("killed after %d", act).doesNotHaveDuplicates();
        }
    }
}
