package dev.caravan.order;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Starts sagas that begin and end when the test says so. By default they start at once and run for ever. */
class FakeOrderSagas implements OrderSagas {

    final List<PricedOrder> started = new ArrayList<>();
    CompletableFuture<String> sagaId;
    CompletableFuture<String> ended;

    FakeOrderSagas() {
        reset();
    }

    final void reset() {
        started.clear();
        sagaId = CompletableFuture.completedFuture("saga-1");
        ended = new CompletableFuture<>();
    }

    @Override
    public StartedOrderSaga start(PricedOrder order, OrderStyle style) {
        started.add(order);
        return new StartedOrderSaga(sagaId, ended);
    }

    @Override
    public Optional<PendingOrder> pending(String orderId) {
        return started.stream()
                .filter(order -> order.orderId().equals(orderId))
                .map(order -> new PendingOrder(order, "saga-1", OrderStatus.PENDING))
                .findFirst();
    }
}
