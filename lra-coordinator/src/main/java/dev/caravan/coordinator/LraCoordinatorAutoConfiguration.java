package dev.caravan.coordinator;

import jakarta.servlet.Filter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import org.jboss.resteasy.plugins.server.servlet.HttpServlet30Dispatcher;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Runs the LRA coordinator inside a servlet application, at {@code /lra-coordinator} of the application's own port, if
 * {@code caravan.lra.coordinator.embedded} is {@code true}. The store is loaded before the port opens and closed after
 * it is closed.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnProperty(name = "caravan.lra.coordinator.embedded", havingValue = "true")
@EnableConfigurationProperties(LraCoordinatorProperties.class)
public class LraCoordinatorAutoConfiguration {

    /** Used by Spring. */
    public LraCoordinatorAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    LraCoordinator lraCoordinator(LraCoordinatorProperties properties, Environment environment) {
        requireSecretUnlessLocal(properties.secret(), environment.getProperty("server.address", ""));
        return new LraCoordinator(properties, Clock.systemUTC());
    }

    /** Depends on the coordinator, because the servlet's resources look at the open store when they are made. */
    @Bean
    ServletRegistrationBean<HttpServlet30Dispatcher> lraCoordinatorServlet(LraCoordinator coordinator) {
        var servlet = new ServletRegistrationBean<>(new HttpServlet30Dispatcher(), false, "/lra-coordinator/*");
        servlet.setName("lraCoordinator");
        servlet.addInitParameter("jakarta.ws.rs.Application", LraResources.class.getName());
        servlet.addInitParameter("resteasy.servlet.mapping.prefix", "/");
        servlet.setLoadOnStartup(1);
        servlet.setAsyncSupported(true);
        return servlet;
    }

    private static void requireSecretUnlessLocal(String secret, String address) {
        boolean secured = secret != null && !secret.isBlank();
        if (!secured && !isLoopback(address)) {
            throw new OpenToOthersException(address.isBlank() ? "all addresses of this machine" : address);
        }
    }

    private static boolean isLoopback(String address) {
        try {
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Bean
    FilterRegistrationBean<AccessFilter> lraAccessFilter(
            LraCoordinatorProperties properties,
            ServletRegistrationBean<HttpServlet30Dispatcher> lraCoordinatorServlet) {
        AccessFilter access =
                new AccessFilter(properties.secret(), new ParticipantHosts(properties.allowedParticipants()));
        return filter("lraAccess", 0, access, lraCoordinatorServlet);
    }

    @Bean
    FilterRegistrationBean<DecisionFilter> lraDecisionFilter(
            LraCoordinator coordinator, ServletRegistrationBean<HttpServlet30Dispatcher> lraCoordinatorServlet) {
        return filter("lraDecision", 1, new DecisionFilter(coordinator.recovery()), lraCoordinatorServlet);
    }

    private static <F extends Filter> FilterRegistrationBean<F> filter(
            String name, int order, F filter, ServletRegistrationBean<?> servlet) {
        var registration = new FilterRegistrationBean<>(filter, servlet);
        registration.setName(name);
        registration.setOrder(order);
        return registration;
    }
}
