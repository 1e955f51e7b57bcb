package dev.caravan.interop;

import dev.caravan.embeddedkafka.LoopbackPorts;
import io.narayana.lra.filter.ServerLRAFilter;
import io.undertow.Undertow;
import jakarta.ws.rs.core.Application;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Set;
import org.jboss.resteasy.plugins.server.undertow.UndertowJaxrsServer;

/** Runs {@link StockResource} on RESTEasy with the filter of Narayana's LRA client, which does all of the protocol. */
final class JaxRsParticipant implements AutoCloseable {

    private final UndertowJaxrsServer server = new UndertowJaxrsServer();
    private final int port;

    JaxRsParticipant(String coordinator, Journal journal) throws ReflectiveOperationException, IOException {
        System.setProperty("lra.coordinator.url", coordinator + "/lra-coordinator");
        ServerLRAFilter filter = new ServerLRAFilter();
        Field retries = ServerLRAFilter.class.getDeclaredField("enlistMaxRetries");
        retries.setAccessible(true);
        retries.setInt(filter, 3); // there is no CDI here to inject it
        server.deploy(
                new Application() {
                    @Override
                    @SuppressWarnings("deprecation")
                    public Set<Object> getSingletons() {
                        return Set.of(new StockResource(journal), filter);
                    }
                },
                "/");
        port = LoopbackPorts.free();
        server.start(Undertow.builder().addHttpListener(port, "127.0.0.1"));
    }

    String url() {
        return "http://127.0.0.1:" + port + "/stock";
    }

    @Override
    public void close() {
        server.stop();
    }
}
