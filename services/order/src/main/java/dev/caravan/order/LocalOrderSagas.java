package dev.caravan.order;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.monitoring.SagaTimeline;
import dev.caravan.saga.monitoring.SagaView;
import java.util.Map;
import java.util.Optional;

/** Orders are carried out by a saga route in this process. */
class LocalOrderSagas implements OrderSagas {

    private final SagaStarter starter;
    private final SagaView view;
    private final ObjectMapper json = JsonMapper.builder().build();

    LocalOrderSagas(SagaStarter starter, SagaView view) {
        this.starter = starter;
        this.view = view;
    }

    @Override
    public StartedOrderSaga start(PricedOrder order, OrderStyle style) {
        StartedSaga saga = starter.start("direct:" + style.saga(), order, order.orderId(), Map.of());
        return new StartedOrderSaga(
                saga.accepted().thenApply(SagaId::value),
                saga.ended().thenApply(state -> state.status().name()));
    }

    @Override
    public Optional<PendingOrder> pending(String orderId) {
        return view.findByKey(orderId)
                .flatMap(saga -> view.read(saga.sagaId()))
                .map(SagaTimeline::state)
                .map(saga -> new PendingOrder(
                        json.convertValue(saga.start().body(), PricedOrder.class),
                        saga.sagaId().value(),
                        saga.status() == SagaStatus.COMPENSATED ? OrderStatus.CANCELLED : OrderStatus.PENDING));
    }
}
