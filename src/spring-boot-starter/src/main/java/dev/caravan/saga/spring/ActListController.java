package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.monitoring.SagaAct;
import dev.caravan.saga.monitoring.SagaActQuery;
import dev.caravan.saga.monitoring.SagaView;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Who did what, with all sagas: acts of operators, and payloads that were read. The header {@code Saga-Acts-Since} says since when. */
@RestController
@RequestMapping("/api/sagas/acts")
class ActListController {

    private static final int LIMIT = 100;
    private static final int MOST = 1000;

    private final SagaView view;

    ActListController(SagaView view) {
        this.view = view;
    }

    /** The parameters; each may be absent. */
    record Asked(
            @Nullable String who,
            @Nullable String act,
            @Nullable String saga,
            @Nullable String from,
            @Nullable String to) {

        /** @throws IllegalArgumentException names what is wrong */
        SagaActQuery query(int limit) {
            return new SagaActQuery(
                    Parameters.given(who),
                    Parameters.given(act),
                    Parameters.given(saga),
                    Parameters.time("from", from),
                    Parameters.time("to", to),
                    limit);
        }
    }

    @GetMapping
    ResponseEntity<ArrayNode> list(@ModelAttribute Asked asked, @RequestParam(defaultValue = "" + LIMIT) int limit) {
        if (limit < 1 || limit > MOST) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "limit is %d; it is 1 to %d".formatted(limit, MOST));
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        view.acts(query(asked, limit)).forEach(act -> list.add(act.json()));
        return answer().body(list);
    }

    /** @param format {@code csv} or {@code jsonl} */
    @GetMapping("/export")
    ResponseEntity<String> export(@ModelAttribute Asked asked, @RequestParam(defaultValue = "csv") String format) {
        SagaExport export = SagaExport.named(format);
        List<ObjectNode> acts = view.acts(query(asked, Integer.MAX_VALUE)).stream()
                .map(SagaAct::json)
                .toList();
        String lines = export == SagaExport.JSONL
                ? acts.stream().map(act -> act + "\n").collect(Collectors.joining())
                : SagaExport.csv(SagaAct.FIELDS, acts);
        return answer().contentType(MediaType.parseMediaType(export.mediaType() + ";charset=UTF-8"))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"acts.%s\"".formatted(format.toLowerCase(Locale.ROOT)))
                .body(lines);
    }

    private static SagaActQuery query(Asked asked, int limit) {
        try {
            return asked.query(limit);
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    private ResponseEntity.BodyBuilder answer() {
        Instant since = view.actsSince();
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        return since == null ? answer : answer.header("Saga-Acts-Since", since.toString());
    }
}
