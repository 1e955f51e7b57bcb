package dev.caravan.coordinator;

import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.core.Configuration;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;

/**
 * Hands the coordinator the shared {@link ParticipantClient} whenever it asks for a new HTTP client, which it does for
 * each callback. Jakarta REST finds this class by {@code META-INF/services} and needs it public. It is no general
 * client: what the coordinator does not use is refused.
 */
public class ParticipantClientBuilder extends ClientBuilder {

    /** Used by Jakarta REST. */
    public ParticipantClientBuilder() {}

    @Override
    public Client build() {
        return ParticipantClient.shared();
    }

    @Override
    public Configuration getConfiguration() {
        throw ParticipantClient.unsupported("getConfiguration");
    }

    @Override
    public ClientBuilder withConfig(Configuration config) {
        throw ParticipantClient.unsupported("withConfig");
    }

    @Override
    public ClientBuilder sslContext(SSLContext sslContext) {
        throw ParticipantClient.unsupported("sslContext");
    }

    @Override
    public ClientBuilder keyStore(KeyStore keyStore, char[] password) {
        throw ParticipantClient.unsupported("keyStore");
    }

    @Override
    public ClientBuilder trustStore(KeyStore trustStore) {
        throw ParticipantClient.unsupported("trustStore");
    }

    @Override
    public ClientBuilder hostnameVerifier(HostnameVerifier verifier) {
        throw ParticipantClient.unsupported("hostnameVerifier");
    }

    @Override
    public ClientBuilder executorService(ExecutorService executorService) {
        throw ParticipantClient.unsupported("executorService");
    }

    @Override
    public ClientBuilder scheduledExecutorService(ScheduledExecutorService scheduledExecutorService) {
        throw ParticipantClient.unsupported("scheduledExecutorService");
    }

    @Override
    public ClientBuilder connectTimeout(long timeout, TimeUnit unit) {
        throw ParticipantClient.unsupported("connectTimeout");
    }

    @Override
    public ClientBuilder readTimeout(long timeout, TimeUnit unit) {
        throw ParticipantClient.unsupported("readTimeout");
    }

    @Override
    public ClientBuilder property(String name, Object value) {
        throw ParticipantClient.unsupported("property");
    }

    @Override
    public ClientBuilder register(Class<?> componentClass) {
        throw ParticipantClient.unsupported("register");
    }

    @Override
    public ClientBuilder register(Class<?> componentClass, int priority) {
        throw ParticipantClient.unsupported("register");
    }

    @Override
    public ClientBuilder register(Class<?> componentClass, Class<?>... contracts) {
        throw ParticipantClient.unsupported("register");
    }

    @Override
    public ClientBuilder register(Class<?> componentClass, Map<Class<?>, Integer> contracts) {
        throw ParticipantClient.unsupported("register");
    }

    @Override
    public ClientBuilder register(Object component) {
        throw ParticipantClient.unsupported("register");
    }

    @Override
    public ClientBuilder register(Object component, int priority) {
        throw ParticipantClient.unsupported("register");
    }

    @Override
    public ClientBuilder register(Object component, Class<?>... contracts) {
        throw ParticipantClient.unsupported("register");
    }

    @Override
    public ClientBuilder register(Object component, Map<Class<?>, Integer> contracts) {
        throw ParticipantClient.unsupported("register");
    }
}
