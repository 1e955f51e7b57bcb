package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.test.FakeParticipants;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SagaEngineTest {

    private final InMemorySagaLog log = new InMemorySagaLog();

    private static SagaEngine.Builder without(String part, InMemorySagaLog log) {
        Map<String, UnaryOperator<SagaEngine.Builder>> parts = Map.of(
                "application", engine -> engine.application("orders"),
                "instance", engine -> engine.instance("one"),
                "log", engine -> engine.log(log),
                "commands", engine -> engine.commands(new FakeParticipants()),
                "timers", engine -> engine.timers(new ManualTimers()),
                "threads", engine -> engine.threads(SagaThreads.of(Runnable::run)),
                "partitions", engine -> engine.partitions(OwnedPartitions.Ends.UNTOLD),
                "recovery", engine -> engine.recovery(host -> saga -> {}));
        SagaEngine.Builder engine = SagaEngine.builder();
        parts.forEach((name, give) -> {
            if (!name.equals(part)) {
                give.apply(engine);
            }
        });
        return engine;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application", "instance", "log", "commands", "timers", "threads", "partitions", "recovery"})
    void cannotBeBuiltWithoutAPart(String part) {
        assertThatThrownBy(() -> without(part, log).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("The engine cannot be built, it lacks " + part + "(...)");
        assertThat(without("none", log).build().host().size()).isZero();
    }

    @Test
    void cannotBeBuiltWithARecoveryThatIsNone() {
        SagaEngine.Builder engine = TestEngine.on(log, new ManualTimers()).recovery(host -> null);

        assertThatThrownBy(engine::build).hasMessage("The engine cannot be built: recovery(...) made none");
    }

    @Test
    void isWholeWhenItIsBuilt() {
        List<String> heard = new ArrayList<>();
        SagaRecovery recovery = saga -> {};
        SagaEngine engine = TestEngine.on(log, new ManualTimers())
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .recovery(host -> recovery)
                .listeners(List.of((entry, after) -> heard.add(entry.event().type())))
                .build();
        engine.partitions().gained(0, 0, 0);
        engine.host().start(new SagaId("order-1"), new SagaEvent.Start("order", null, null, null, Map.of(), "orders"));

        assertThat(heard).containsExactly("START");
        assertThat(engine.recovery(SagaRecovery.class)).isSameAs(recovery);
        assertThat(engine.host().requests().application()).isEqualTo("orders");
    }

    @Test
    void ownsPartitionsOnlyWhenItWasBuiltTo() {
        SagaEngine engine = TestEngine.on(log, new ManualTimers()).build();

        assertThatThrownBy(engine::partitions).hasMessageContaining("it was built with another ownership");
    }
}
