package dev.caravan.saga.camel;

import dev.caravan.saga.camel.Effects.What;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.test.Instance;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/** Beans of plain steps: what they do takes effect outside of their process, and nothing when that is dead. */
final class StepBeans {

    private final Supplier<RoutesRun> run;

    StepBeans(Supplier<RoutesRun> run) {
        this.run = run;
    }

    private Effects effects() {
        Instance instance = run.get().world().current();
        if (instance == null || !instance.isAlive()) {
            throw new IllegalStateException("This process is dead");
        }
        return run.get().effects();
    }

    private static String saga(Exchange exchange) {
        return exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, "none", String.class);
    }

    private static String ref(Exchange exchange) {
        return exchange.getIn().getHeader("ref", String.class);
    }

    void count(Exchange exchange, String ref) {
        effects().count(saga(exchange), ref);
    }

    void isLate(String ref) {
        effects().isLate(ref);
    }

    void comesToItsEnd() {
        effects().comesToItsEnd();
    }

    void act(Exchange exchange, StepNode step, String ref) {
        switch (step.how()) {
            case SUCCEEDS -> effects().add(saga(exchange), ref, What.DONE);
            case IS_REJECTED -> throw new StepRejectedException("NO", "step " + ref + " is refused");
            case IS_UNKNOWN_AND_NOT_DONE -> throw new IllegalStateException("step " + ref + ": connection refused");
            default -> {
                effects().add(saga(exchange), ref, What.DONE);
                throw new IllegalStateException("step " + ref + ": connection reset");
            }
        }
    }

    void undo(Exchange exchange) {
        if (!effects().undoWorks(saga(exchange), ref(exchange))) {
            throw new IllegalStateException("database away");
        }
        if (effects().isInPlace(saga(exchange), ref(exchange))) {
            effects().add(saga(exchange), ref(exchange), What.UNDONE);
        }
    }

    void confirm(Exchange exchange) {
        if (!effects().refs(saga(exchange), What.CONFIRMED).contains(ref(exchange))) {
            effects().add(saga(exchange), ref(exchange), What.CONFIRMED);
        }
    }
}
