package com.example.tickets;

import dev.caravan.saga.camel.SagaStarter;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Starts a saga for each purchase. {@code GET /api/sagas/{sagaId}} says how it goes. */
@RestController
class TicketController {

    /** What is bought, and by whom. */
    record Purchase(String buyer, String email, String concert, String card) {}

    private final SagaStarter starter;

    TicketController(SagaStarter starter) {
        this.starter = starter;
    }

    /** The answer comes when the start is durable. */
    @PostMapping("/tickets")
    CompletableFuture<ResponseEntity<Map<String, String>>> buy(@RequestBody Purchase purchase) {
        return starter.start("direct:ticket-saga", purchase, purchase.buyer(), Map.of())
                .accepted()
                .thenApply(sagaId -> ResponseEntity.accepted()
                        .location(URI.create("/api/sagas/" + sagaId))
                        .body(Map.of("sagaId", sagaId.value())));
    }
}
