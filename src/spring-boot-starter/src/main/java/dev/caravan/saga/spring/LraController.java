package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.lra.CoordinatorLra;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * LRAs of other clients at the coordinator of this application's sagas: those that have not ended, and those that failed.
 * 404: there is no such LRA, or no coordinator. 503: the coordinator does not answer.
 */
@RestController
@RequestMapping("/api/lras")
class LraController {

    private final LraList lras;

    LraController(LraList lras) {
        this.lras = lras;
    }

    /** A page. Its headers say how many there are on all pages, and where the next is. */
    @GetMapping
    CompletableFuture<ResponseEntity<ArrayNode>> list(@ModelAttribute LraListRequest request) {
        UriComponentsBuilder here = ServletUriComponentsBuilder.fromCurrentRequest();
        page(request, List.of()); // refuses what is wrong before anybody is asked
        return lras.asked(() -> lras.coordinator().all(), false).thenApply(all -> {
            List<CoordinatorLra> shown = all.stream()
                    .filter(lra -> request.withSagas() || lras.sagaOf(lra).isEmpty())
                    .toList();
            return answer(page(request, shown), here, request.withSagas());
        });
    }

    private static LraListRequest.Page page(LraListRequest request, List<CoordinatorLra> all) {
        try {
            return request.of(all);
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    private ResponseEntity<ArrayNode> answer(LraListRequest.Page page, UriComponentsBuilder here, boolean withSagas) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok().header("Lra-Total", Integer.toString(page.total()));
        if (page.next() != null) {
            String next = here.replaceQueryParam("after", page.next()).build().toUriString();
            answer.header(HttpHeaders.LINK, "<%s>; rel=\"next\"".formatted(next));
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        page.lras().forEach(lra -> list.add(withSagas ? lras.json(lra) : lras.json(lra, Optional.empty())));
        return answer.body(list);
    }

    @GetMapping("/{id}")
    CompletableFuture<ObjectNode> find(@PathVariable String id) {
        return lras.find(id).thenApply(lras::json);
    }
}
