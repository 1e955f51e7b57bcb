package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.monitoring.SagaJson;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * What an operator can do with many sagas at once. 200: a preview, nothing was done. 202: the act has begun, and {@code
 * Location} says how far it is. 400: nobody says who, why or which. 503: too many acts are running.
 */
@RestController
@RequestMapping("/api/sagas/actions")
class BulkActController {

    private static final int SECONDS_TO_WAIT = 10;

    private final BulkActs acts;
    private final SagaJson json = new SagaJson();

    BulkActController(BulkActs acts) {
        this.acts = acts;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<?> begin(@RequestBody JsonNode body, Principal login) {
        try {
            BulkOrder order = BulkOrder.of(body);
            if (order.dryRun()) {
                return ResponseEntity.ok(preview(order));
            }
            String who = order.by(login);
            order.why();
            return acts.begin(order, who)
                    .<ResponseEntity<?>>map(begun -> ResponseEntity.accepted()
                            .location(place(begun.id()))
                            .body(begun))
                    .orElseThrow(BulkActController::tooMany);
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    private ObjectNode preview(BulkOrder order) {
        BulkActs.Preview preview = acts.preview(order);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("action", order.action());
        node.put("count", preview.sagas().size());
        ObjectNode leftOut = node.putObject("leftOut");
        preview.leftOut().forEach((why, count) -> leftOut.put(why, count));
        node.set("sagas", json.list(preview.first()));
        return node;
    }

    private static URI place(String id) {
        return URI.create(
                ServletUriComponentsBuilder.fromCurrentRequestUri().build().getPath() + "/" + id);
    }

    /** The acts of this instance, the latest first. */
    @GetMapping
    List<BulkAct.Progress> all() {
        return acts.all();
    }

    @GetMapping("/{id}")
    BulkAct.Progress find(@PathVariable String id) {
        return acts.find(id).orElseThrow(() -> unknown(id));
    }

    /**
     * Stops an act: what was done stays.
     *
     * @param who as in {@link OperatorController.Order}
     */
    @DeleteMapping("/{id}")
    BulkAct.Progress stop(@PathVariable String id, @RequestParam(required = false) String who, Principal login) {
        return acts.stop(id, new OperatorController.Order(who, "stop").who(login))
                .orElseThrow(() -> unknown(id));
    }

    private static ErrorResponseException unknown(String id) {
        return Problem.of(HttpStatus.NOT_FOUND, "There is no act %s in this instance".formatted(id));
    }

    private static ErrorResponseException tooMany() {
        return Problem.later(
                HttpStatus.SERVICE_UNAVAILABLE,
                "%d acts are running already: wait, or stop one".formatted(BulkActs.MOST_RUNNING),
                SECONDS_TO_WAIT);
    }
}
