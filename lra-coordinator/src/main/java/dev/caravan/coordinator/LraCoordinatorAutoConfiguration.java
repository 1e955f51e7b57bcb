package dev.caravan.coordinator;

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
    LraCoordinator lraCoordinator(LraCoordinatorProperties properties) {
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

    @Bean
    FilterRegistrationBean<DecisionFilter> lraDecisionFilter(
            ServletRegistrationBean<HttpServlet30Dispatcher> lraCoordinatorServlet) {
        var filter = new FilterRegistrationBean<>(new DecisionFilter(), lraCoordinatorServlet);
        filter.setName("lraDecision");
        return filter;
    }
}
