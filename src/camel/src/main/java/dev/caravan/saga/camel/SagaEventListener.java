package dev.caravan.saga.camel;

/** Hears of events that changed nothing, to count them. Must not block and must not throw. */
public interface SagaEventListener {

    /** An event is nothing to this service, or of a version that it does not understand. */
    void onIgnored(String topic);

    /** An event came after the end of its saga. */
    void onLate(String topic);
}
