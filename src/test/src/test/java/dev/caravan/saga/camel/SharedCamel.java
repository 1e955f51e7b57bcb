package dev.caravan.saga.camel;

import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.test.ImmediateShutdown;
import dev.caravan.saga.test.WorldThreads;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.service.ServiceSupport;

/**
 * One Camel context that stands for those of all instances of all worlds, because a context takes longer to make than a
 * saga to run. Whatever has a state of its own is that of the instance whose work is being done.
 */
final class SharedCamel {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Supplier<Cluster> cluster;

    SharedCamel(Supplier<Cluster> cluster, RoutesBuilder routes) throws Exception {
        this.cluster = cluster;
        context.getExecutorServiceManager().setThreadPoolFactory(new WorldThreads(() -> cluster.get().world));
        WorldWait.in(context, () -> cluster.get().world);
        context.addComponent("saga-command", new CurrentComponent());
        context.addService(new CurrentService());
        context.setShutdownStrategy(new ImmediateShutdown(context));
        context.getInflightRepository().setInflightBrowseEnabled(false);
        SagaBlocks.watch(context);
        context.addRoutes(routes);
        context.start();
    }

    CamelContext context() {
        return context;
    }

    private Cluster.Member current() {
        return cluster.get().current();
    }

    private final class CurrentService extends ServiceSupport implements CamelSagaService, SagaRecovery {

        @Override
        public void resume(LiveSaga saga) {
            current().recovery.resume(saga);
        }

        @Override
        public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
            return current().sagas.newSaga(exchange);
        }

        @Override
        public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
            return current().sagas.getSaga(id);
        }

        @Override
        public void registerStep(CamelSagaStep step) {}

        @Override
        public void setCamelContext(CamelContext camelContext) {}

        @Override
        public CamelContext getCamelContext() {
            return context;
        }
    }

    private final class CurrentComponent extends SagaCommandComponent {

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
                throws Exception {
            String[] parts = remaining.split("/");
            SagaCommandEndpoint endpoint = new SagaCommandEndpoint(uri, this, parts[0], parts[1]) {
                @Override
                public Producer createProducer() {
                    return new CurrentProducer(this, super::createProducer);
                }
            };
            setProperties(endpoint, parameters);
            return endpoint;
        }

        @Override
        <T> T required(Class<T> type) {
            return type == SagaHost.class ? type.cast(current().host) : super.required(type);
        }
    }

    private final class CurrentProducer extends DefaultAsyncProducer {

        private final Supplier<Producer> real;

        private CurrentProducer(Endpoint endpoint, Supplier<Producer> real) {
            super(endpoint);
            this.real = real;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Producer producer =
                    current().producers.computeIfAbsent(getEndpoint().getEndpointUri(), unknown -> real.get());
            return AsyncProcessorConverterHelper.convert(producer).process(exchange, callback);
        }
    }
}
