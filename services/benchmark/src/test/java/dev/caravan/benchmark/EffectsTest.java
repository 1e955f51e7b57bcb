package dev.caravan.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EffectsTest {

    private final Effects effects = new Effects();

    @Test
    void addUpWhenEachStepWasDoneOnceAndARejectedSagaIsUndone() {
        complete("a");
        Effects.Counts before = effects.counts();
        complete("b");
        reject("c");

        assertThat(effects.counts().since(before).violation(2, 1)).isEmpty();
    }

    @Test
    void doNotAddUpWhenOneIsDoubled() {
        complete("a");
        effects.did(OrderStep.PROCESS_PAYMENT, "a");

        assertThat(effects.counts().violation(1, 0))
                .contains("PROCESS_PAYMENT was done 2 times and undone 0 times, not 1 and 0");
    }

    @Test
    void doNotAddUpWhenOneIsNotUndone() {
        reject("a");
        effects.did(OrderStep.CREATE_ORDER, "b");
        effects.did(OrderStep.PROCESS_PAYMENT, "b");
        effects.did(OrderStep.RESERVE_INVENTORY, "b");
        effects.undid(OrderStep.RESERVE_INVENTORY, "b");
        effects.undid(OrderStep.CREATE_ORDER, "b");

        assertThat(effects.counts().violation(2, 2))
                .contains("PROCESS_PAYMENT was done 2 times and undone 1 times, not 2 and 2");
    }

    private void complete(String order) {
        for (OrderStep step : OrderStep.values()) {
            effects.did(step, order);
        }
    }

    private void reject(String order) {
        for (OrderStep step : OrderStep.values()) {
            if (!step.isLast()) {
                effects.did(step, order);
                effects.undid(step, order);
            }
        }
    }
}
