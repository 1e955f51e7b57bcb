package dev.caravan.saga.camel;

import dev.caravan.saga.engine.SagaRecovery;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.processor.saga.SagaProcessor;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;

/**
 * Sagas of a Camel context run on one service. The Saga EIP takes one that code has put in by {@code addService} before any
 * other ({@code SagaReifier}), and a bean of the application's takes the place of Caravan's: sagas would then run in memory, in
 * no log and in no list, and nobody would be told. So each is refused, with the place where it was put in. A service that can
 * {@linkplain SagaRecovery go on with its sagas} is one of Caravan.
 */
public final class OnlyService extends LifecycleStrategySupport implements InterceptStrategy {

    private static final List<String> MACHINERY = List.of(
            "java.",
            "jdk.",
            "org.apache.camel.impl.",
            "org.apache.camel.main.",
            "org.apache.camel.support.",
            "org.apache.camel.spring.",
            OnlyService.class.getName() + ".");

    private OnlyService() {}

    /** From now on, {@code addService} of another saga service fails, in the line that calls it, and so does a route that would use one. */
    public static void guard(CamelContext context) {
        ExtendedCamelContext extension = context.getCamelContextExtension();
        if (extension.getInterceptStrategies().stream().noneMatch(OnlyService.class::isInstance)) {
            OnlyService only = new OnlyService();
            context.addLifecycleStrategy(only);
            extension.addInterceptStrategy(only);
        }
    }

    /** @throws StartRefusedException another saga service is a bean, or a service of the context */
    public static void check(CamelContext context) {
        if (isOther(context.hasService(CamelSagaService.class))) {
            throw refused(
                    "%s is put into the Camel context by addService."
                            .formatted(name(context.hasService(CamelSagaService.class))),
                    "Remove that line");
        }
        context.getRegistry().findByTypeWithName(CamelSagaService.class).forEach((bean, service) -> {
            if (isOther(service)) {
                throw refused(
                        "The bean %s is a saga service of its own, %s.".formatted(bean, name(service)),
                        "Remove that bean");
            }
        });
    }

    private static boolean isOther(@Nullable Object service) {
        return service instanceof CamelSagaService && !(service instanceof SagaRecovery);
    }

    /** Beans that are there by then; a runtime may know others only later. */
    @Override
    public void onContextInitializing(CamelContext context) {
        check(context);
    }

    /** Thrown where the line is that puts it in, so that its stack trace has it, too. */
    @Override
    public void onServiceAdd(CamelContext context, Service service, Route route) {
        if (isOther(service)) {
            throw refused(
                    "%s is put into the Camel context by addService, at %s.".formatted(name(service), caller()),
                    "Remove that line");
        }
    }

    private static String caller() {
        return StackWalker.getInstance().walk(frames -> frames.filter(
                        frame -> MACHINERY.stream().noneMatch((frame.getClassName() + ".")::startsWith))
                .findFirst()
                .map(frame -> frame.toStackTraceElement().toString())
                .orElse("a place that is not known"));
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        if (definition instanceof SagaDefinition block) {
            checkAsked(block, target);
            check(context);
        }
        return AsyncProcessorConverterHelper.convert(target);
    }

    private static void checkAsked(SagaDefinition block, Processor target) {
        CamelSagaService used = Wrapped.find(target, SagaProcessor.class)
                .map(SagaProcessor::getSagaService)
                .orElse(null);
        if (used != null && isOther(used) && (block.getSagaService() != null || block.getSagaServiceBean() != null)) {
            RouteDefinition route = ProcessorDefinitionHelper.getRoute(block);
            throw refused(
                    "The saga of route %s (%s) asks for the service %s by sagaService."
                            .formatted(route.getRouteId(), RoutePlace.of(block, route), name(used)),
                    "Remove sagaService from that saga");
        }
    }

    private static StartRefusedException refused(String what, String remedy) {
        return new StartRefusedException(
                what + " Sagas would run on it: not durable, in no log and in no list.",
                remedy
                        + ", since Caravan's service is found without one; or set caravan.coordinator=none, and sagas run on"
                        + " yours.");
    }

    private static String name(Object service) {
        return service.getClass().getName();
    }
}
