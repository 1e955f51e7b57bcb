package dev.caravan.benchmark;

import dev.caravan.saga.participant.Inbox;
import java.time.Duration;

/** Where the participants keep what they did. */
interface ParticipantEffects extends AutoCloseable {

    /** What makes a command take effect once. */
    Inbox inbox();

    void did(OrderStep step, String orderId);

    void undid(OrderStep step, String orderId);

    /** All that was done until now. */
    Effects.Counts counts();

    /** What processes other than this one have used for it. */
    Duration cpu();

    @Override
    void close();
}
