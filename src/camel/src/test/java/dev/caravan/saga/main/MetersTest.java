package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class MetersTest {

    @Test
    void areThoseOfTheRegistryAmongTheBeans() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("meters", registry);

            Meters.in(context).orElseThrow().sagas().onDuplicateReply();

            assertThat(registry.counter("caravan.messages.duplicate", "kind", "reply")
                            .count())
                    .isEqualTo(1);
        }
    }

    /** As Quarkus has it. */
    @Test
    void areThoseOfTheRegistryThatHasTheOthers() throws Exception {
        SimpleMeterRegistry one = new SimpleMeterRegistry();
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("one", one);
            context.getRegistry().bind("other", other);
            assertThat(Meters.in(context)).isEmpty();

            context.getRegistry().bind("all", new CompositeMeterRegistry(Clock.SYSTEM, List.of(one, other)));
            Meters.in(context).orElseThrow().sagas().onDuplicateReply();

            assertThat(List.of(one, other))
                    .allSatisfy(each -> assertThat(each.counter("caravan.messages.duplicate", "kind", "reply")
                                    .count())
                            .isEqualTo(1));
        }
    }

    @Test
    void areNoneWithoutARegistry() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            assertThat(Meters.in(context)).isEmpty();
        }
    }
}
