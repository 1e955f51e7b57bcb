package dev.caravan.saga.spring;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaRecovery;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.service.ServiceSupport;

/** Refuses each route that has a saga, when the route is made. So there are no sagas to go on with. */
final class NoWebServer extends ServiceSupport implements CamelSagaService, SagaRecovery {

    private CamelContext context;

    NoWebServer(CamelContext context) {
        this.context = context;
    }

    @Override
    public void registerStep(CamelSagaStep step) {
        throw refusal();
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
        return CompletableFuture.failedFuture(refusal());
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
        return CompletableFuture.failedFuture(refusal());
    }

    @Override
    public void resume(LiveSaga saga) {}

    private static StartRefusedException refusal() {
        return new StartRefusedException(
                "This application has sagas, caravan.coordinator is lra, and there is no servlet web server for the callbacks"
                        + " of the LRA coordinator.",
                "Set caravan.coordinator=log, which needs no web server; or add spring-boot-starter-web and remove"
                        + " spring.main.web-application-type.");
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.context = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }
}
