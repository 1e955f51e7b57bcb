package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRecovery;

/** Makes the Saga EIP of a mode, which goes on with sagas, when the engine is put together that it works with. */
@FunctionalInterface
interface RecoveryMaker {

    SagaRecovery make(SagaHost host);
}
