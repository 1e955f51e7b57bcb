package dev.caravan.benchmark;

import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.StepRejectedException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** Participants of Caravan's that count. */
final class ParticipantRoutes extends RouteBuilder {

    private static final String INBOX = "inbox";

    private final ParticipantEffects effects;
    private final OrderStep[] steps;

    /** Of all steps. */
    ParticipantRoutes(ParticipantEffects effects) {
        this(effects, OrderStep.values());
    }

    /** The others are silent. */
    ParticipantRoutes(ParticipantEffects effects, OrderStep... steps) {
        this.effects = effects;
        this.steps = steps;
    }

    @Override
    public void configure() {
        getContext().getRegistry().bind(INBOX, Inbox.class, effects.inbox());
        for (OrderStep step : steps) {
            from("saga-command:%s/%s?inbox=#inbox".formatted(step.service(), step.action()))
                    .process(exchange -> act(exchange, step));
            from("saga-command:%s/%s?inbox=#inbox".formatted(step.service(), step.compensation()))
                    .process(exchange -> undo(exchange, step));
        }
    }

    private void act(Exchange exchange, OrderStep step) {
        Map<?, ?> order = exchange.getIn().getBody(Map.class);
        if (step.isLast() && Order.isRejected(order)) {
            throw new StepRejectedException("NOT_SHIPPABLE", "No carrier goes there");
        }
        effects.did(step, order.get("orderId").toString());
        exchange.getMessage().setBody(Map.of("orderId", order.get("orderId"), "status", "DONE"));
    }

    private void undo(Exchange exchange, OrderStep step) {
        Map<?, ?> data = exchange.getIn().getBody(Map.class);
        effects.undid(step, data.get("orderId").toString());
        exchange.getMessage().setBody(Map.of("orderId", data.get("orderId"), "status", "UNDONE"));
    }
}
