package dev.caravan.saga.test;

import dev.caravan.saga.engine.Ownership;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.time.Timers;

/** Engines of tests: whatever a test does not care for is there, and does as little as it can. */
public final class TestEngine {

    private TestEngine() {}

    /**
     * One that owns all sagas, works on the thread of the caller, sends its commands to nobody and goes on with nothing.
     * A part that is given again takes the place of that.
     */
    public static SagaEngine.Builder on(SagaLog log, Timers timers) {
        return SagaEngine.builder()
                .application("orders")
                .instance("this")
                .log(log)
                .commands(new FakeParticipants())
                .timers(timers)
                .threads(SagaThreads.of(Runnable::run))
                .ownership(host -> Ownership.everything())
                .recovery(host -> saga -> {});
    }
}
