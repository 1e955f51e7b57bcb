package dev.caravan.payment;

import java.net.URI;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** Where the gateway is: at the configured URL, or, if there is none, in this process. */
class GatewayAddress implements ApplicationListener<WebServerInitializedEvent> {

    private static final String SANDBOX = "http://localhost:%d/sandbox/gateway/";

    private volatile URI base;
    private final boolean configured;

    GatewayAddress(String url) {
        this.configured = !url.isBlank();
        this.base = configured ? URI.create(url.endsWith("/") ? url : url + "/") : null;
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        boolean management = event.getApplicationContext().getServerNamespace() != null;
        if (!configured && !management) {
            base = URI.create(SANDBOX.formatted(event.getWebServer().getPort()));
        }
    }

    /** @throws GatewayUnavailableException this process does not listen yet */
    URI resolve(String path) {
        if (base == null) {
            throw new GatewayUnavailableException(
                    "The sandbox gateway is not up yet; try again, or set caravan.payment.gateway.url", null);
        }
        return base.resolve(path);
    }
}
