package dev.caravan.saga.spring;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/** {@link LoopbackGuard} in front of the actuator, where that has a port of its own. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ManagementGuardConfiguration {

    @Bean
    FilterRegistrationBean<LoopbackGuard> caravanManagementLoopbackGuard(
            GuardedPaths paths, ConsoleProperties console, @Value("${management.server.address:}") String address) {
        return WebGuardAutoConfiguration.registration(new LoopbackGuard(new ThisMachine(address), paths, console));
    }
}
