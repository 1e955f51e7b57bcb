package dev.caravan.saga.camel;

import dev.caravan.saga.engine.SagaRecovery;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Sagas of a Camel context run on one service. The Saga EIP takes one that code has put in by {@code addService} before any
 * other ({@code SagaReifier}), and a bean of the application's takes the place of Caravan's: sagas would then run in memory, in
 * no log and in no list, and nobody would be told. So both are refused.
 */
public final class OnlyService extends LifecycleStrategySupport {

    private OnlyService() {}

    /** From now on, {@code addService} of another saga service fails, in the line that calls it. */
    public static void guard(CamelContext context) {
        if (context.getLifecycleStrategies().stream().noneMatch(OnlyService.class::isInstance)) {
            context.addLifecycleStrategy(new OnlyService());
        }
    }

    /** @throws IllegalStateException another saga service is a bean, or a service of the context */
    public static void check(CamelContext context) {
        refuseOther(context.hasService(CamelSagaService.class));
        context.getRegistry().findByType(CamelSagaService.class).forEach(OnlyService::refuseOther);
    }

    @Override
    public void onServiceAdd(CamelContext context, Service service, Route route) {
        if (service instanceof CamelSagaService other) {
            refuseOther(other);
        }
    }

    private static void refuseOther(CamelSagaService service) {
        if (service != null && !(service instanceof SagaRecovery)) {
            throw new IllegalStateException(
                    "%s is put in by addService(...) or as a bean, and sagas would run on it: not durable, in no log and in no list. Remove that line, since Caravan's service is found without one; or set caravan.coordinator=none, and sagas run on yours"
                            .formatted(service.getClass().getName()));
        }
    }
}
