package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaListener;
import java.util.List;

/** Puts something around who hears of the log's entries. */
@FunctionalInterface
interface SagaListenersCustomizer {

    List<SagaListener> customize(List<SagaListener> listeners);
}
