package dev.caravan.saga.camel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Service;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.service.ServiceSupport;

/** Camel's own service in memory, with the sagas that were begun by it, in their order. */
final class SeenSagas extends ServiceSupport implements CamelSagaService {

    private final CamelSagaService service;
    private final Map<String, CamelSagaCoordinator> sagas = new LinkedHashMap<>();

    SeenSagas() throws ReflectiveOperationException {
        this.service = CamelInMemory.service();
    }

    /** Their ids. */
    List<String> ids() {
        return List.copyOf(sagas.keySet());
    }

    /** How they ended. One that has ended refuses the other end. */
    List<String> ends() {
        return sagas.values().stream()
                .map(saga -> saga.complete(null).isCompletedExceptionally() ? "COMPENSATED" : "COMPLETED")
                .toList();
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
        return service.newSaga(exchange).thenApply(saga -> {
            sagas.put(saga.getId(), saga);
            return saga;
        });
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
        return service.getSaga(id);
    }

    @Override
    public void registerStep(CamelSagaStep step) {
        service.registerStep(step);
    }

    @Override
    public void setCamelContext(CamelContext context) {
        service.setCamelContext(context);
    }

    @Override
    public CamelContext getCamelContext() {
        return service.getCamelContext();
    }

    @Override
    protected void doStart() {
        ((Service) service).start();
    }

    @Override
    protected void doStop() {
        ((Service) service).stop();
    }
}
