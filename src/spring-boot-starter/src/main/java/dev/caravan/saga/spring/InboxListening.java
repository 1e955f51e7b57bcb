package dev.caravan.saga.spring;

import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.ParticipantEvent;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.ParticipantListeners;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.function.SingletonSupplier;

/** Tells the application's listeners what each inbox has to tell, without making an inbox that nobody has asked for. */
final class InboxListening implements BeanPostProcessor {

    private final SingletonSupplier<ParticipantListener> listeners;

    InboxListening(ObjectProvider<ParticipantListener> listeners) {
        this.listeners = SingletonSupplier.of(
                () -> new ParticipantListeners(listeners.orderedStream().toList()));
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof Inbox inbox) {
            inbox.setListener(this::tell);
        }
        return bean;
    }

    private void tell(ParticipantEvent event) {
        listeners.obtain().onEvent(event);
    }
}
