package dev.caravan.coordinator;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jboss.resteasy.plugins.server.servlet.HttpServlet30Dispatcher;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
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
 * {@code caravan.lra.coordinator.embedded} is {@code true}. Narayana's store is loaded before the port opens and closed
 * after it is closed; {@link LoggedLraAutoConfiguration} has the other kind.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnProperty(name = "caravan.lra.coordinator.embedded", havingValue = "true")
@EnableConfigurationProperties(LraCoordinatorProperties.class)
public class LraCoordinatorAutoConfiguration {

    static final String KIND = "caravan.lra.coordinator.kind";

    /** Used by Spring. */
    public LraCoordinatorAutoConfiguration() {}

    /** Unless the coordinator is of another kind. */
    @Retention(RetentionPolicy.RUNTIME)
    @ConditionalOnProperty(name = KIND, havingValue = "narayana", matchIfMissing = true)
    private @interface OfNarayana {}

    /** @param participant how this application is called back without a socket, if it has that */
    @Bean(destroyMethod = "close")
    @OfNarayana
    LraCoordinator lraCoordinator(
            LraCoordinatorProperties properties,
            Environment environment,
            @Qualifier("lraParticipant")
                    ObjectProvider<BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>>>
                            participant) {
        requireSecretUnlessLocal(properties.secret(), environment.getProperty("server.address", ""));
        return new LraCoordinator(
                properties, Clock.systemUTC(), () -> participant.ifAvailable(ParticipantClient::reachLocally));
    }

    /** Depends on the coordinator, because the servlet's resources look at the open store when they are made. */
    @Bean
    @OfNarayana
    ServletRegistrationBean<HttpServlet30Dispatcher> lraCoordinatorServlet(LraCoordinator coordinator) {
        var servlet = new ServletRegistrationBean<>(new HttpServlet30Dispatcher(), false, "/lra-coordinator/*");
        servlet.setName("lraCoordinator");
        servlet.addInitParameter("jakarta.ws.rs.Application", LraResources.class.getName());
        servlet.addInitParameter("resteasy.servlet.mapping.prefix", "/");
        servlet.setLoadOnStartup(1);
        servlet.setAsyncSupported(true);
        return servlet;
    }

    /** Before the coordinator's own filter. A coordinator alone is behind the guard with all that it has. */
    @Bean
    FilterRegistrationBean<PageGuard> lraCoordinatorPageGuard(
            LraCoordinatorProperties properties, ObjectProvider<LraCoordinatorApplication> alone) {
        var registration = new FilterRegistrationBean<>(new PageGuard());
        registration.setName("lraCoordinatorPageGuard");
        registration.addUrlPatterns(alone.getIfAvailable() == null ? "/lra-coordinator/*" : "/*");
        registration.setOrder(-1);
        registration.setEnabled(!isSecured(properties.secret()));
        return registration;
    }

    private static boolean isSecured(String secret) {
        return secret != null && !secret.isBlank();
    }

    static void requireSecretUnlessLocal(String secret, String address) {
        if (!isSecured(secret) && !isLoopback(address)) {
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
    @OfNarayana
    CoordinatorFilter lraCoordinatorFilter(LraCoordinatorProperties properties, LraCoordinator coordinator) {
        return new AccessFilter(properties.secret(), new ParticipantHosts(properties.allowedParticipants()))
                .andThen(new DecisionFilter(coordinator.recovery()))
                .andThen(new ClientLookup(getClass().getClassLoader()));
    }

    @Bean
    @OfNarayana
    FilterRegistrationBean<ServletRequests> lraCoordinatorServletFilter(
            CoordinatorFilter filter, ServletRegistrationBean<HttpServlet30Dispatcher> lraCoordinatorServlet) {
        var registration = new FilterRegistrationBean<>(new ServletRequests(filter), lraCoordinatorServlet);
        registration.setName("lraCoordinator");
        registration.setOrder(0);
        return registration;
    }

    /**
     * How this application reaches its own coordinator: a request, and who goes on with the answer. The type is out of
     * the JDK, so that those who use it need no class of the coordinator; a Function would be taken for one of theirs by
     * Spring Cloud.
     */
    @Bean(defaultCandidate = false)
    @Qualifier("lraCoordinator")
    @OfNarayana
    LocalRequests lraCoordinatorLocalRequests(
            LraCoordinatorProperties properties,
            CoordinatorFilter filter,
            ServletRegistrationBean<HttpServlet30Dispatcher> lraCoordinatorServlet) {
        return new LocalRequests(
                filter, () -> lraCoordinatorServlet.getServlet().getDispatcher(), properties.participantTimeout());
    }
}
