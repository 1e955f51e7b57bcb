package dev.caravan.benchmark;

import dev.caravan.saga.test.SagaScenario;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The order saga through Camel, state machine, commands and replies, in the world of the test kit: no Kafka, no JSON. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CommandPathBenchmark {

    private final Map<String, Object> order = Order.of("1", false);
    private SagaScenario saga;

    /** The log of the world has no end: it begins anew. */
    @Setup(Level.Iteration)
    public void open() {
        saga = SagaScenario.of(context -> context.addRoutes(OrderSagaRoutes.overCaravan("1m")));
    }

    @TearDown(Level.Iteration)
    public void close() {
        saga.close();
    }

    @Benchmark
    public SagaScenario sagaOfFourSteps() {
        return saga.another().start(OrderSagaRoutes.START, order);
    }
}
