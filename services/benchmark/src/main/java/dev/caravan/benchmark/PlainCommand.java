package dev.caravan.benchmark;

import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** Sends a command and goes on with its reply; holds no thread meanwhile. */
final class PlainCommand extends AsyncProcessorSupport {

    private final PlainCommands commands;
    private final OrderStep step;
    private final boolean undo;

    PlainCommand(PlainCommands commands, OrderStep step, boolean undo) {
        this.commands = commands;
        this.step = step;
        this.undo = undo;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Map<?, ?> order = undo ? Map.of() : exchange.getIn().getBody(Map.class);
        String id = undo
                ? exchange.getIn().getHeader("orderId", String.class)
                : order.get("orderId").toString();
        commands.ask(step, undo, id, order).whenComplete((result, failure) -> {
            if (failure == null) {
                exchange.getMessage().setBody(result);
            } else {
                exchange.setException(failure);
            }
            callback.done(false);
        });
        return false;
    }
}
