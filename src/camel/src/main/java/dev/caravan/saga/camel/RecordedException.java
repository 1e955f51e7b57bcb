package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.StepFailure;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
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
 * log must not say what is loaded; what it was is told by a {@link RecordedFailureException}. The same holds for what caused
 * it, by which a route tells exceptions apart, too.
 */
final class RecordedException {

    private static final List<Class<?>> OF_ALL =
            List.of(Throwable.class, Exception.class, RuntimeException.class, Error.class);

    private RecordedException() {}

    /** What the block broke off with, on an exchange with the message that it left then. */
    static Exception meet(Exchange exchange, SagaId sagaId, Step step, StepFailure recorded) {
        if (recorded.left() != null && recorded.left().unkept() == null) {
            KeptMessage.of(recorded.left()).replace(exchange);
        }
        return of(exchange.getContext(), sagaId, step, recorded);
    }

    static Exception of(CamelContext context, SagaId sagaId, Step step, StepFailure recorded) {
        if (recorded.code() == null
                || StepOutcomeUnknownException.class.getName().equals(recorded.code())) {
            return new StepOutcomeUnknownException(sagaId, step, recorded.error());
        }
        if (isGivenUp(recorded)) {
            return new GivenUpException(recorded.error());
        }
        Exception unknown = new RecordedFailureException(sagaId, step, recorded);
        Again again = new Again(context, named(context).toList(), unknown);
        Throwable cause = again.cause(recorded.causes() == null ? List.of() : recorded.causes());
        Optional<Exception> made = again.of(recorded.code(), recorded.error(), cause);
        made.ifPresent(exception -> exception.addSuppressed(unknown));
        if (made.isEmpty() && cause != null) {
            unknown.initCause(cause);
        }
        return made.orElse(unknown);
    }

    /** Of a step that was at work when its route went on, nobody knows more. */
    private static boolean isGivenUp(StepFailure recorded) {
        return TimeoutException.class.getName().equals(recorded.code()) && recorded.within() == null;
    }

    /** @param unknown is told why an exception cannot be made again */
    private record Again(CamelContext context, List<Class<?>> named, Exception unknown) {

        /** Those that the routes name, each as the cause of the one before. */
        @Nullable
        Throwable cause(List<String> causes) {
            Throwable cause = null;
            for (int i = causes.size() - 1; i >= 0; i--) {
                cause = of(causes.get(i), null, cause)
                        .map(Throwable.class::cast)
                        .orElse(cause);
            }
            return cause;
        }

        /** Empty for a class that the routes do not name, and for one of which none can be made. */
        Optional<Exception> of(String name, @Nullable String message, @Nullable Throwable cause) {
            Class<?> type = named.isEmpty() ? null : context.getClassResolver().resolveClass(name);
            if (type == null || named.stream().noneMatch(one -> one.isAssignableFrom(type))) {
                return Optional.empty();
            }
            try {
                return Optional.of(made(type, message, cause));
            } catch (ReflectiveOperationException | ClassCastException e) {
                unknown.addSuppressed(e);
                return Optional.empty();
            }
        }
    }

    private static Exception made(Class<?> type, @Nullable String message, @Nullable Throwable cause)
            throws ReflectiveOperationException {
        try {
            Exception made = (Exception) type.getConstructor(String.class).newInstance(message);
            return cause == null ? made : (Exception) made.initCause(cause);
        } catch (NoSuchMethodException e) {
            return (Exception)
                    type.getConstructor(String.class, Throwable.class).newInstance(message, cause);
        }
    }

    /** Those that the routes catch, or go elsewhere for, except such as catch all; Camel puts what a configuration says into its routes. */
    private static Stream<Class<?>> named(CamelContext context) {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        return model.getRouteDefinitions().stream()
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
                .flatMap(List::stream)
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
