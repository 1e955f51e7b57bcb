package dev.caravan.benchmark;

import dev.caravan.saga.participant.StepRejectedException;
import java.util.Map;
import org.apache.camel.Header;

/** A step that is a bean, and its compensation. Counts. */
public final class StepBean {

    private final ParticipantEffects effects;
    private final OrderStep step;

    StepBean(ParticipantEffects effects, OrderStep step) {
        this.effects = effects;
        this.step = step;
    }

    public Map<String, Object> act(Map<?, ?> order) {
        if (step.isLast() && Order.isRejected(order)) {
            throw new StepRejectedException("NOT_SHIPPABLE", "No carrier goes there");
        }
        String orderId = order.get("orderId").toString();
        effects.did(step, orderId);
        return Map.of("orderId", orderId, "status", "DONE");
    }

    /** Camel's own service also undoes the last step, which was rejected: there is nothing to undo. */
    public void undo(@Header("orderId") String orderId) {
        if (!step.isLast()) {
            effects.undid(step, orderId);
        }
    }
}
