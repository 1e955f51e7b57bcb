package dev.caravan.saga.camel;

import static org.apache.camel.builder.Builder.constant;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.test.SimulatedParticipants;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a saga costs that does not depend on the machine, with a budget for each: entries, bytes of the log, commands, and
 * what is allocated, all of it on the test's thread.
 */
class SagaCostTest {

    private static final SagaLogCodec CODEC = new SagaLogCodec();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 3;
    private static final Map<String, Object> ORDER = Map.of("orderId", "order-1", "amount", 5);

    private SagaRing ring;

    /** What a saga does in its steps. */
    enum Steps {
        COMMANDS {
            @Override
            void in(SagaDefinition step, int number) {
                step.setBody(constant(Map.of("orderId", "order-1", "step", number)))
                        .to("saga-command:shop/Do");
            }
        },
        BEANS {
            @Override
            void in(SagaDefinition step, int number) {
                step.process(exchange -> exchange.getIn().setHeader("done", number));
            }
        };

        abstract void in(SagaDefinition step, int number);
    }

    /** A saga with so many steps, each a route of its own. */
    private static final class Routes extends RouteBuilder {

        private final Steps kind;
        private final int steps;

        Routes(Steps kind, int steps) {
            this.kind = kind;
            this.steps = steps;
        }

        @Override
        public void configure() {
            ProcessorDefinition<?> saga = saga(this);
            for (int step = 1; step <= steps; step++) {
                saga = saga.to("direct:step-" + step);
                step(this, kind, step);
            }
        }

        static SagaDefinition saga(RouteBuilder routes) {
            routes.from("direct:undo").routeId("undo").to("saga-command:shop/Undo");
            return routes.from("direct:trip").routeId("trip").saga().propagation(SagaPropagation.REQUIRES_NEW);
        }

        static void step(RouteBuilder routes, Steps kind, int number) {
            kind.in(
                    routes.from("direct:step-" + number)
                            .routeId("step-" + number)
                            .saga()
                            .propagation(SagaPropagation.MANDATORY)
                            .compensation("direct:undo"),
                    number);
        }
    }

    /** A saga that takes one step so often. */
    private static final class Rounds extends RouteBuilder {

        private final Steps kind;
        private final int rounds;

        Rounds(Steps kind, int rounds) {
            this.kind = kind;
            this.rounds = rounds;
        }

        @Override
        public void configure() {
            Routes.saga(this).loop(rounds).to("direct:step-1");
            Routes.step(this, kind, 1);
        }
    }

    /** @param handOvers from one thread to another, and what waits for nothing but its turn */
    record Cost(int entries, long logBytes, int commands, int handOvers, long allocatedKilobytes) {}

    @AfterEach
    void stops() {
        ring.close();
    }

    private SagaId run(Object body, Map<String, Object> headers) {
        ring.send("direct:trip", body, headers);
        List<SagaId> sagas = ring.cluster.log.sagas();
        SagaId saga = sagas.get(sagas.size() - 1);
        assertThat(ring.cluster.state(saga).status().isTerminal()).isTrue();
        return saga;
    }

    private long bytes(SagaId saga) {
        return ring.cluster.log.entries(saga).stream()
                .mapToLong(entry -> CODEC.encode(entry).length)
                .sum();
    }

    private Cost cost(Map<String, Object> headers) {
        IntStream.range(0, WARM_UP).forEach(i -> run(ORDER, headers(headers, "key-" + i)));
        int commands = ring.cluster.participants.received().size();
        int tasks = ring.member.instance.tasks();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();

        SagaId saga = run(ORDER, headers(headers, "key"));

        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        return new Cost(
                ring.cluster.log.entries(saga).size(),
                bytes(saga),
                ring.cluster.participants.received().size() - commands,
                ring.member.instance.tasks() - tasks,
                allocated / 1024);
    }

    @Test
    void aPayloadThatStepsDoNotChangeIsInTheLogOnce() throws Exception {
        String payload = "x".repeat(100_000);
        ring = new SagaRing(new Routes(Steps.BEANS, 10));

        long with = bytes(run(Map.of("payload", payload), Map.of()));
        long without = bytes(run(Map.of("payload", ""), Map.of()));

        assertThat(with - without).isLessThan(payload.length() + 10);
    }

    @ParameterizedTest
    @CsvSource({
        "COMMANDS, false, false, 14, 2400, 4, 20, 330",
        "COMMANDS, true, false, 14, 3000, 4, 20, 330",
        "COMMANDS, false, true, 17, 2800, 7, 26, 400",
        "BEANS, false, false, 10, 2000, 0, 12, 230",
    })
    void aSagaOfFourStepsKeepsToItsBudget(
            Steps kind,
            boolean withKey,
            boolean rejected,
            int entries,
            long logBytes,
            int commands,
            int handOvers,
            long allocatedKilobytes)
            throws Exception {
        ring = new SagaRing(new Routes(kind, 4));
        if (rejected) {
            ring.cluster.participants.actions(command -> command.step().name().equals("STEP_4")
                    ? SimulatedParticipants.Action.IS_REJECTED
                    : SimulatedParticipants.Action.SUCCEEDS);
        }

        Cost cost = cost(withKey ? Map.of(SagaConstants.SAGA_KEY, "") : Map.of());

        assertThat(cost.entries()).isEqualTo(entries);
        assertThat(cost.commands()).isEqualTo(commands);
        assertThat(cost.logBytes()).isLessThanOrEqualTo(logBytes);
        assertThat(cost.handOvers()).isLessThanOrEqualTo(handOvers);
        assertThat(cost.allocatedKilobytes()).isLessThanOrEqualTo(allocatedKilobytes);
    }

    private static Map<String, Object> headers(Map<String, Object> headers, String key) {
        Map<String, Object> all = new HashMap<>(headers);
        all.replaceAll((name, value) -> key);
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void aStepOfALongSagaCostsWhatOneOfAShortOneCosts(Steps kind) throws Exception {
        double few = (allocated(kind, 100) - allocated(kind, 30)) / 70.0;
        double many = (allocated(kind, 1000) - allocated(kind, 900)) / 100.0;

        assertThat(many).isBetween(few * 0.9, few * 1.1);
    }

    private long allocated(Steps kind, int steps) throws Exception {
        ring = new SagaRing(new Rounds(kind, steps));
        IntStream.range(0, WARM_UP).forEach(i -> run("{}", Map.of()));
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run("{}", Map.of());
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        ring.close();
        return allocated;
    }
}
