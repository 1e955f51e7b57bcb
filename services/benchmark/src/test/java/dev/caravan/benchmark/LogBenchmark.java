package dev.caravan.benchmark;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** The ten entries of a saga that completes: written, read and folded. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LogBenchmark {

    private final SagaLogCodec codec = new SagaLogCodec();
    private SagaId sagaId;
    private List<SagaLogEntry> entries;
    private List<byte[]> encoded;

    @Setup
    public void recordOneSaga() {
        entries = FinishedSaga.log("7b0c3c52-53a0-4a54-9a3c-0d2f9d6f1c11", Instant.parse("2026-01-01T00:00:00.123Z"));
        sagaId = entries.get(0).sagaId();
        encoded = entries.stream().map(codec::encode).toList();
    }

    @Benchmark
    public SagaState fold() {
        return SagaState.replay(sagaId, entries);
    }

    @Benchmark
    public void encode(Blackhole blackhole) {
        for (SagaLogEntry entry : entries) {
            blackhole.consume(codec.encode(entry));
        }
    }

    @Benchmark
    public void decode(Blackhole blackhole) {
        for (byte[] entry : encoded) {
            blackhole.consume(codec.decode(entry));
        }
    }
}
