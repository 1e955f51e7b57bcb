package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.Printable;
import dev.caravan.saga.lra.CoordinatorLra;
import dev.caravan.saga.lra.LraStatus;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What an operator can do with an LRA of another client. Who and why is written to the application's log: the LRA has
 * none of ours. 400: nobody says who or why. 404: there is none. 409: it is not in that state, or is that of a saga, which
 * is to be acted on instead. 504: it is not known whether it was done.
 */
@RestController
@RequestMapping(path = "/api/lras/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
class LraOperatorController {

    private static final Logger LOGGER = LoggerFactory.getLogger(LraOperatorController.class);

    private final LraList lras;

    LraOperatorController(LraList lras) {
        this.lras = lras;
    }

    /** Has all undone that was done in it. */
    @PostMapping("/cancel")
    CompletableFuture<ObjectNode> cancel(
            @PathVariable String id, @RequestBody OperatorController.Order order, Principal login) {
        return active(id, "cancel", order, login, lras.coordinator()::cancel, LraStatus::isCancel);
    }

    /** Has its participants complete. */
    @PostMapping("/close")
    CompletableFuture<ObjectNode> close(
            @PathVariable String id, @RequestBody OperatorController.Order order, Principal login) {
        return active(id, "close", order, login, lras.coordinator()::close, LraStatus::isClose);
    }

    /** Has its participants called again now; the coordinator does so for all LRAs that are ending. */
    @PostMapping("/recover")
    CompletableFuture<ResponseEntity<Void>> recover(
            @PathVariable String id, @RequestBody OperatorController.Order order, Principal login) {
        return act(id, "recover", order, login, LraStatus::isEnding, lra -> lras.coordinator()
                        .recover())
                .thenApply(done -> ResponseEntity.accepted().build());
    }

    /** Removes one that failed, because a person has seen to it. */
    @PostMapping("/forget")
    CompletableFuture<ResponseEntity<Void>> forget(
            @PathVariable String id, @RequestBody OperatorController.Order order, Principal login) {
        return act(id, "forget", order, login, LraStatus::isFailed, lras.coordinator()::forget)
                .thenApply(done -> ResponseEntity.noContent().build());
    }

    private CompletableFuture<ObjectNode> active(
            String id,
            String what,
            OperatorController.Order order,
            Principal login,
            Function<CoordinatorLra, CompletableFuture<LraStatus>> end,
            Predicate<LraStatus> wanted) {
        return act(id, what, order, login, LraStatus.Active::equals, end).thenApply(status -> {
            if (status == LraStatus.Gone) {
                throw Problem.of(HttpStatus.NOT_FOUND, "LRA %s has ended meanwhile".formatted(id));
            } else if (!wanted.test(status)) {
                throw Problem.of(HttpStatus.CONFLICT, "LRA %s is %s: that came first".formatted(id, status));
            }
            return JsonNodeFactory.instance.objectNode().put("id", id).put("status", status.name());
        });
    }

    private <T> CompletableFuture<T> act(
            String id,
            String what,
            OperatorController.Order order,
            Principal login,
            Predicate<LraStatus> possible,
            Function<CoordinatorLra, CompletableFuture<T>> how) {
        String who = order.who(login);
        String why = order.why();
        return lras.find(id).thenCompose(lra -> {
            refuseThatOfASaga(lra, what);
            if (!possible.test(lra.status())) {
                throw Problem.of(
                        HttpStatus.CONFLICT, "LRA %s is %s, and %s is not for that".formatted(id, lra.status(), what));
            }
            LOGGER.info(
                    "LRA {} of client {}, {}: {} by {}: {}",
                    lra.uid(),
                    Printable.of(lra.clientId()),
                    lra.status(),
                    what,
                    Printable.of(who),
                    Printable.of(why));
            return lras.asked(() -> how.apply(lra), true);
        });
    }

    /** A saga ends by its own rules; one that failed leaves its LRA behind, which may be forgotten. */
    private void refuseThatOfASaga(CoordinatorLra lra, String what) {
        lras.sagaOf(lra).filter(saga -> !lra.status().isFailed()).ifPresent(saga -> {
            throw Problem.of(
                    HttpStatus.CONFLICT,
                    "LRA %s is that of saga %s: %s is not for it, act on the saga".formatted(lra.uid(), saga, what));
        });
    }
}
