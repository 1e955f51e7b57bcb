package dev.caravan.saga.spring;

import dev.caravan.saga.spring.GuardedPaths.Places;
import io.micrometer.observation.ObservationPredicate;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.security.SecurityProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** {@link LoopbackGuard} in front of each servlet application, whatever else is there. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(ConsoleProperties.class)
public class WebGuardAutoConfiguration {

    /** Behind Spring Security, which knows who has logged in. */
    static final int ORDER = SecurityProperties.DEFAULT_FILTER_ORDER + 1;

    @Bean
    FilterRegistrationBean<LoopbackGuard> caravanLoopbackGuard(
            GuardedPaths paths, ConsoleProperties console, @Value("${server.address:}") String address) {
        return registration(new LoopbackGuard(new ThisMachine(address), paths, console));
    }

    static FilterRegistrationBean<LoopbackGuard> registration(LoopbackGuard guard) {
        FilterRegistrationBean<LoopbackGuard> registration = new FilterRegistrationBean<>(guard);
        registration.setName("caravanLoopbackGuard");
        registration.setOrder(ORDER);
        return registration;
    }

    /** Where requests are observed. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ObservationPredicate.class, ServerRequestObservationContext.class})
    static class WithObservation {

        /** An application that wants to see them has a bean of this name that says so. */
        @Bean
        @ConditionalOnMissingBean(name = "caravanPollingNotObserved")
        ObservationPredicate caravanPollingNotObserved(ObjectProvider<GuardedPaths> paths) {
            return new PollingNotObserved(paths);
        }
    }

    /** Where requests are answered by Spring MVC. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ResponseEntityExceptionHandler.class)
    static class WithMvc {

        @Bean
        RefusalsAsProblems caravanRefusalsAsProblems() {
            return new RefusalsAsProblems();
        }
    }

    /** Where the actuator is on the class path. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(PathMappedEndpoints.class)
    static class WithActuator {

        @Bean
        GuardedPaths caravanGuardedPaths(
                ObjectProvider<PathMappedEndpoints> endpoints,
                ObjectProvider<ServletRegistrationBean<?>> mvc,
                ConsoleProperties console) {
            return new GuardedPaths(
                    () -> places(endpoints.getIfAvailable(), prefix(mvc)), console.paths(), console.localPaths());
        }

        private static Places places(PathMappedEndpoints endpoints, String mvc) {
            Places usual = Places.usual();
            return endpoints == null
                    ? new Places(mvc, usual.actuator(), usual.jolokia(), usual.hawtio(), usual.endpoint())
                    : new Places(
                            mvc,
                            endpoints.getBasePath(),
                            path(endpoints, "jolokia"),
                            path(endpoints, "hawtio"),
                            path(endpoints, "sagas"));
        }

        private static String path(PathMappedEndpoints endpoints, String id) {
            String path = endpoints.getPath(EndpointId.of(id));
            return path == null ? endpoints.getBasePath() + "/" + id : path;
        }
    }

    /** There is nothing to be asked where things are. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints")
    static class WithoutActuator {

        @Bean
        GuardedPaths caravanGuardedPaths(ObjectProvider<ServletRegistrationBean<?>> mvc, ConsoleProperties console) {
            Supplier<Places> places = () -> {
                Places usual = Places.usual();
                return new Places(prefix(mvc), usual.actuator(), usual.jolokia(), usual.hawtio(), usual.endpoint());
            };
            return new GuardedPaths(places, console.paths(), console.localPaths());
        }
    }

    /** Spring Boot 4 has its DispatcherServletPath in another package. */
    private static String prefix(ObjectProvider<ServletRegistrationBean<?>> mvc) {
        return mvc.stream()
                .filter(servlet -> servlet.getServlet() instanceof DispatcherServlet)
                .flatMap(servlet -> servlet.getUrlMappings().stream())
                .findFirst()
                .map(mapping -> mapping.replaceFirst("/\\*?$", ""))
                .orElse("");
    }
}
