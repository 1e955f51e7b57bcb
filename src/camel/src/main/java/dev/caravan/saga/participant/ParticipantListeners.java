package dev.caravan.saga.participant;

import dev.caravan.saga.Printable;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several listeners. One that throws is named in a log line; the command and the other listeners go on. */
public final class ParticipantListeners implements ParticipantListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(ParticipantListeners.class);

    private final List<ParticipantListener> listeners;

    public ParticipantListeners(List<ParticipantListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void onEvent(ParticipantEvent event) {
        for (ParticipantListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (RuntimeException e) {
                LOGGER.warn("A listener did not take {} of {}: {}", event.kind(), event.service(), Printable.of(e));
            }
        }
    }
}
