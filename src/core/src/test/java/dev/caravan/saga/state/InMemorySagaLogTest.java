package dev.caravan.saga.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InMemorySagaLogTest extends SagaLogContract {

    private final InMemorySagaLog log = new InMemorySagaLog();

    @Override
    protected SagaLog log() {
        return log;
    }

    @Test
    void hasOnePartition() {
        assertThat(log.partitions()).isEqualTo(1);
        assertThatThrownBy(() -> log.replay(1, entry -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("This log has partition 0 only, not 1");
    }
}
