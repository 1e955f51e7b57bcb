package dev.caravan.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;

/**
 * The route file of a participant, loaded as it is, with {@code saga-command} endpoints that take commands from the
 * test: no broker, no inbox.
 */
public final class ParticipantRoutes implements AutoCloseable {

    private static final Map<String, Object> HEADERS = Map.of(
            "CaravanSagaId",
            "saga-1",
            "CaravanIdempotencyKey",
            "saga-1/STEP",
            "CaravanCommandKey",
            "saga-1/STEP/Command");

    private final CamelContext context = new DefaultCamelContext();

    /** @param beans that the routes call, by name */
    public static ParticipantRoutes load(String classpathFile, Map<String, Object> beans) throws Exception {
        ParticipantRoutes routes = new ParticipantRoutes();
        CamelContext context = routes.context;
        beans.forEach(context.getRegistry()::bind);
        context.addComponent("saga-command", new Commands());
        context.getGlobalOptions().put("CamelJacksonEnableTypeConverter", "true");
        context.start();
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(PluginHelper.getResourceLoader(context).resolveResource("classpath:" + classpathFile));
        return routes;
    }

    public List<String> ids() {
        return context.getRoutes().stream().map(Route::getId).toList();
    }

    /** Lets a route handle a command as it comes out of a message: with plain maps and lists. */
    public Object send(String service, String command, Map<String, Object> data) {
        String uri = context.getEndpoints().stream()
                .map(Endpoint::getEndpointUri)
                .filter(candidate -> candidate.matches("saga-command:(//)?" + service + "/" + command + "(\\?.*)?"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No route takes " + command + " of " + service));
        try (var template = context.createProducerTemplate()) {
            return template.requestBodyAndHeaders(uri, data, HEADERS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        context.stop();
    }

    private static class Commands extends DirectComponent {

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
                throws Exception {
            parameters.remove("effect");
            parameters.remove("attempts");
            return super.createEndpoint(uri, remaining, parameters);
        }
    }
}
