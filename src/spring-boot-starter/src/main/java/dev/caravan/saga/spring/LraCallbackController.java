package dev.caravan.saga.spring;

import dev.caravan.saga.lra.LraCallbacks;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The URLs that the LRA coordinator calls. What is not signed is refused. */
@RestController
@RequestMapping("${camel.lra.local-participant-context-path:/lra-participant}")
class LraCallbackController {

    private final LraCallbacks callbacks;

    LraCallbackController(LraCallbacks callbacks) {
        this.callbacks = callbacks;
    }

    @PutMapping("/compensate/{token}")
    CompletableFuture<ResponseEntity<String>> compensate(@PathVariable String token) {
        return callbacks.compensate(token).thenApply(LraCallbackController::response);
    }

    @PutMapping("/complete/{token}")
    CompletableFuture<ResponseEntity<String>> complete(@PathVariable String token) {
        return callbacks.complete(token).thenApply(LraCallbackController::response);
    }

    @PutMapping("/after/{token}")
    CompletableFuture<ResponseEntity<String>> after(
            @PathVariable String token, @RequestBody(required = false) String status) {
        return callbacks.after(token, status).thenApply(LraCallbackController::response);
    }

    @GetMapping("/status/{token}")
    CompletableFuture<ResponseEntity<String>> status(@PathVariable String token) {
        return callbacks.status(token).thenApply(LraCallbackController::response);
    }

    private static ResponseEntity<String> response(LraCallbacks.Answer answer) {
        ResponseEntity.BodyBuilder response =
                ResponseEntity.status(answer.status()).contentType(MediaType.TEXT_PLAIN);
        if (answer.location() != null) {
            response.header("Location", answer.location());
        }
        return response.body(answer.body());
    }
}
