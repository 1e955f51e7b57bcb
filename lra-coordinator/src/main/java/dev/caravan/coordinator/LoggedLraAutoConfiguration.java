package dev.caravan.coordinator;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The coordinator of kind {@code log}, at the same place and behind the same guards as Narayana's. The log is read before
 * the port opens.
 */
@AutoConfiguration(after = LraCoordinatorAutoConfiguration.class)
@ConditionalOnBean(LraCoordinatorAutoConfiguration.class)
@ConditionalOnProperty(name = LraCoordinatorAutoConfiguration.KIND, havingValue = "log")
public class LoggedLraAutoConfiguration {

    private static final String COMPONENT = "camel.component.kafka.";
    private static final Pattern SECURITY = Pattern.compile("security\\.protocol|sasl\\.|ssl\\.");

    /** Used by Spring. */
    public LoggedLraAutoConfiguration() {}

    /** @param participant how this application is called back without a socket, if it has that */
    @Bean
    LoggedLraCoordinator loggedLraCoordinator(
            LraCoordinatorProperties properties,
            Environment environment,
            @Qualifier("lraParticipant")
                    ObjectProvider<BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>>>
                            participant) {
        LraCoordinatorAutoConfiguration.requireSecretUnlessLocal(
                properties.secret(), environment.getProperty("server.address", ""));
        return new LoggedLraCoordinator(
                properties,
                kafkaOf(environment),
                Clock.systemUTC(),
                () -> participant.ifAvailable(ParticipantClient::reachLocally));
    }

    /** The brokers of Camel's component, and what it takes to be let in there, under the names of Kafka's clients. */
    private static Map<String, String> kafkaOf(Environment environment) {
        Map<String, String> kafka = new HashMap<>();
        String brokers = environment.getProperty(COMPONENT + "brokers", "");
        if (!brokers.isBlank()) {
            kafka.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        }
        for (String name : AdminClientConfig.configNames()) {
            String value = SECURITY.matcher(name).lookingAt()
                    ? environment.getProperty(COMPONENT + name.replace('.', '-'))
                    : null;
            if (value != null) {
                kafka.put(name, value);
            }
        }
        return kafka;
    }

    @Bean
    CoordinatorFilter loggedLraFilter(LraCoordinatorProperties properties, LoggedLraCoordinator coordinator) {
        return new AccessFilter(properties.secret(), new ParticipantHosts(properties.allowedParticipants()))
                .andThen(coordinator);
    }

    @Bean
    FilterRegistrationBean<ServletRequests> loggedLraServletFilter(CoordinatorFilter loggedLraFilter) {
        var registration = new FilterRegistrationBean<>(new ServletRequests(loggedLraFilter));
        registration.setName("lraCoordinator");
        registration.addUrlPatterns("/lra-coordinator/*");
        registration.setAsyncSupported(true);
        registration.setOrder(0);
        return registration;
    }

    /** How this application reaches its own coordinator, as with Narayana's. */
    @Bean(defaultCandidate = false)
    @Qualifier("lraCoordinator")
    LocalRequests loggedLraLocalRequests(LraCoordinatorProperties properties, CoordinatorFilter loggedLraFilter) {
        return new LocalRequests(loggedLraFilter, () -> null, properties.participantTimeout());
    }
}
