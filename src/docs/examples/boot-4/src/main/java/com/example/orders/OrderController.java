package com.example.orders;

import dev.caravan.saga.camel.SagaStarter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Starts a saga for each order. {@code GET /api/sagas/{sagaId}} says how it goes. */
@RestController
class OrderController {

    private final SagaStarter starter;

    OrderController(SagaStarter starter) {
        this.starter = starter;
    }

    /** The answer comes when the start is durable. */
    @PostMapping("/orders/{route}")
    CompletableFuture<String> order(@PathVariable String route, @RequestBody Map<String, String> order) {
        return starter.start("direct:order-" + route, order, order.get("id"), Map.of())
                .accepted()
                .thenApply(sagaId -> sagaId.value());
    }
}
