package dev.caravan.orchestrator;

import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.spring.CaravanAutoConfiguration;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.web.SecurityFilterChain;

/** What an application needs beside Caravan to run route files. */
@AutoConfiguration(
        after = CaravanAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration"
        })
class OrchestratorConfiguration {

    /** Route files that are mounted or written by hand. */
    @Bean
    @Order(0)
    @ConditionalOnProperty("routes")
    RouteFiles routeFiles(@Value("${routes}") String directory) {
        return new RouteFiles(Path.of(directory));
    }

    @Bean
    @Order(1)
    @ConditionalOnProperty(name = "caravan.routes.check", havingValue = "true")
    RouteCheck routeCheck() {
        return new RouteCheck();
    }

    @Bean
    CamelContextConfiguration expectedRoutes(@Value("${caravan.routes.expected:}") List<String> expected) {
        return new ExpectedRoutes(expected);
    }

    @Bean
    HealthIndicator expectedRoutesHealthIndicator(
            CamelContext context, @Value("${caravan.routes.expected:}") List<String> expected) {
        return new ExpectedRoutesHealth(context, expected);
    }

    /** Starting sagas by their name is for programs that are trusted with any message: it is off by default. */
    @Bean
    @ConditionalOnProperty(name = "caravan.orchestrator.start-api", havingValue = "true")
    SagaStartController sagaStartController(
            CamelContext context,
            SagaStarter starter,
            @Value("${caravan.orchestrator.startable:}") List<String> startable,
            @Value("${caravan.orchestrator.not-startable:}") List<String> notStartable) {
        return new SagaStartController(starter, new StartableSagas(context, startable, notStartable));
    }

    /** What is no matter of the console is open: the library's guard, and no login, stands before it. */
    @Bean
    @ConditionalOnMissingBean(SecurityFilterChain.class)
    SecurityFilterChain openPaths() {
        return new OpenPaths();
    }
}
