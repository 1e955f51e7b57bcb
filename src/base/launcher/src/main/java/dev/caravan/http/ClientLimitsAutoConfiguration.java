package dev.caravan.http;

import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Gives an application's Tomcat the limits of {@code caravan.http}. Without {@code caravan.http.body-timeout}, it does nothing. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({TomcatServletWebServerFactory.class, AbstractHttp11Protocol.class})
@ConditionalOnProperty("caravan.http.body-timeout")
@EnableConfigurationProperties(ClientLimits.class)
class ClientLimitsAutoConfiguration {

    private static final int THREADS_OF_TOMCAT = 200;

    /** Bytes that Tomcat reads in one go, each after a wait of its own. */
    private static final int MOST_BESIDE_A_CHUNK = 16;

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> clientLimits(
            ClientLimits limits, Environment environment) {
        int threads = environment.getProperty("server.tomcat.threads.max", Integer.class, THREADS_OF_TOMCAT);
        return server -> {
            server.addEngineValves(new ClientLimitsValve(limits, threads, System::nanoTime));
            server.addConnectorCustomizers(connector -> {
                if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
                    http.setDisableUploadTimeout(false);
                    http.setMaxExtensionSize(MOST_BESIDE_A_CHUNK);
                    http.setMaxTrailerSize(MOST_BESIDE_A_CHUNK);
                    http.setConnectionUploadTimeout(
                            Math.toIntExact(limits.readTimeout().toMillis()));
                }
            });
        };
    }
}
