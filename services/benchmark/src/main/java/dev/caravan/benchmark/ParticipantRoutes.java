package dev.caravan.benchmark;

import dev.caravan.saga.participant.StepRejectedException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** Participants of Caravan's that count. */
final class ParticipantRoutes extends RouteBuilder {

    private final Effects effects;

    ParticipantRoutes(Effects effects) {
        this.effects = effects;
    }

    @Override
    public void configure() {
        for (OrderStep step : OrderStep.values()) {
            from("saga-command:%s/%s?idempotent=true".formatted(step.service(), step.action()))
                    .process(exchange -> act(exchange, step));
            from("saga-command:%s/%s?idempotent=true".formatted(step.service(), step.compensation()))
                    .process(exchange -> undo(exchange, step));
        }
    }

    private void act(Exchange exchange, OrderStep step) {
        Map<?, ?> order = exchange.getIn().getBody(Map.class);
        if (step.isLast() && Order.isRejected(order)) {
            throw new StepRejectedException("NOT_SHIPPABLE", "No carrier goes there");
        }
        effects.did(step);
        exchange.getMessage().setBody(Map.of("orderId", order.get("orderId"), "status", "DONE"));
    }

    private void undo(Exchange exchange, OrderStep step) {
        effects.undid(step);
        Map<?, ?> data = exchange.getIn().getBody(Map.class);
        exchange.getMessage().setBody(Map.of("orderId", data.get("orderId"), "status", "UNDONE"));
    }
}
