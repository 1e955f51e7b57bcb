package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.StepFailure;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.loadbalancer.FailoverLoadBalancerDefinition;
import org.jspecify.annotations.Nullable;

/**
 * With what the block of a step broke off before a crash. A route that tells exceptions apart gets one of the same class
 * again, if it names that class or one above it, and if it can be made of its message. Of other classes none is made: the
 * log must not say what is loaded; what it was is told by a {@link RecordedFailureException}.
 */
final class RecordedException {

    private static final List<Class<?>> OF_ALL =
            List.of(Throwable.class, Exception.class, RuntimeException.class, Error.class);

    private RecordedException() {}

    static Exception of(CamelContext context, SagaId sagaId, Step step, StepFailure recorded) {
        if (recorded.code() == null
                || StepOutcomeUnknownException.class.getName().equals(recorded.code())) {
            return new StepOutcomeUnknownException(sagaId, step, recorded.error());
        }
        Exception unknown = new RecordedFailureException(sagaId, step, recorded);
        List<Class<?>> named = named(context).toList();
        Class<?> type = named.isEmpty() ? null : context.getClassResolver().resolveClass(recorded.code());
        if (type == null || named.stream().noneMatch(one -> one.isAssignableFrom(type))) {
            return unknown;
        }
        try {
            Exception again = made(type, recorded.error());
            again.addSuppressed(unknown);
            return again;
        } catch (ReflectiveOperationException | ClassCastException e) {
            unknown.addSuppressed(e);
            return unknown;
        }
    }

    private static Exception made(Class<?> type, @Nullable String message) throws ReflectiveOperationException {
        try {
            return (Exception) type.getConstructor(String.class).newInstance(message);
        } catch (NoSuchMethodException e) {
            return (Exception)
                    type.getConstructor(String.class, Throwable.class).newInstance(message, null);
        }
    }

    /** Those that the routes catch, or go elsewhere for, except such as catch all. */
    private static Stream<Class<?>> named(CamelContext context) {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        Stream<String> caught = model.getRouteDefinitions().stream()
                .flatMap(route -> Stream.of(
                                all(route, CatchDefinition.class).map(CatchDefinition::getExceptions),
                                all(route, OnExceptionDefinition.class).map(OnExceptionDefinition::getExceptions),
                                all(route, LoadBalanceDefinition.class)
                                        .map(LoadBalanceDefinition::getLoadBalancerType)
                                        .filter(FailoverLoadBalancerDefinition.class::isInstance)
                                        .map(type -> failingOver((FailoverLoadBalancerDefinition) type)),
                                all(route, CircuitBreakerDefinition.class).map(breaker -> BreakerAgain.named(breaker)
                                        .toList()))
                        .flatMap(names -> names))
                .flatMap(List::stream);
        Stream<String> configured = model.getRouteConfigurationDefinitions().stream()
                .flatMap(configuration -> configuration.getOnExceptions().stream())
                .flatMap(node -> node.getExceptions().stream());
        return Stream.concat(caught, configured)
                .distinct()
                .<Class<?>>map(name -> context.getClassResolver().resolveClass(name))
                .filter(type -> type != null && Exception.class.isAssignableFrom(type) && !OF_ALL.contains(type));
    }

    /** The Java DSL has classes, the others have names. */
    private static List<String> failingOver(FailoverLoadBalancerDefinition balancer) {
        return balancer.getExceptionTypes() == null
                ? balancer.getExceptions()
                : balancer.getExceptionTypes().stream().map(Class::getName).toList();
    }

    private static <T extends ProcessorDefinition<?>> Stream<T> all(RouteDefinition route, Class<T> type) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), type).stream();
    }
}
