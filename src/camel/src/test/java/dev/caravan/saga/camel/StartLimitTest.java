package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.engine.Intake;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.TooManySagasException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class StartLimitTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1); // as System.nanoTime, it may pass zero
    private final StartLimit limit = new StartLimit(3, nanos::get);

    private List<Intake.Place> enter(int sagas) {
        List<Intake.Place> entered = new ArrayList<>();
        for (int i = 0; i < sagas; i++) {
            entered.add(limit.enter());
        }
        return entered;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void refuses() {
        assertThatThrownBy(limit::enter)
                .isInstanceOf(TooManySagasException.class)
                .hasMessageContaining("Try again in some seconds");
    }

    @Test
    void refusesWhatIsMoreThanItTakes() {
        List<Intake.Place> taken = enter(3);
        refuses();
        assertThat(limit.refused()).isEqualTo(1);

        taken.get(0).leave(false);
        enter(1);
        refuses();
    }

    @Test
    void takesAsManyAsEndedLately() {
        for (int i = 0; i < 3; i++) {
            enter(3).forEach(saga -> saga.leave(true));
        }
        assertThat(limit.limit()).isEqualTo(9);
        enter(9);
        refuses();

        pass(Duration.ofSeconds(6));
        assertThat(limit.limit()).isEqualTo(3);
        refuses();
    }

    @Test
    void doesNotCountASagaThatWaits() {
        List<Intake.Place> waiting = enter(3);
        pass(Duration.ofSeconds(11));
        enter(3);
        refuses();

        waiting.forEach(saga -> saga.leave(true));
        assertThat(limit.limit()).as("they did not end in time").isEqualTo(3);
        refuses();
    }

    @Test
    void takesAnyNumberWithoutALimit() {
        StartLimit none = StartLimit.none();
        for (int i = 0; i < 1000; i++) {
            none.enter();
        }

        assertThat(none.limit()).isZero();
        assertThat(none.young()).isEqualTo(1000);
    }

    @Test
    void startsNothingBeyondTheLimit() throws Exception {
        List<Object> ran = new ArrayList<>();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:saga")
                            .process(exchange -> ran.add(exchange.getIn().getBody()));
                }
            });
            context.start();
            enter(3);
            SagaStarter starter = new SagaStarter(context, Map::of, RouteThreads.none(), limit);

            StartedSaga started = starter.start("direct:saga", "{}", null, Map.of());

            assertThat(started.accepted())
                    .isCompletedExceptionally()
                    .failsWithin(Duration.ZERO)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(TooManySagasException.class);
            assertThat(started.ended()).isCompletedExceptionally();
            assertThat(ran).isEmpty();
        }
    }
}
