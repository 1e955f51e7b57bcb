package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaPage;
import dev.caravan.saga.monitoring.SagaTimeline;
import dev.caravan.saga.monitoring.SagaView;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sagas as files: those that match a filter, and all of one saga for a ticket. Each takes a thread of the server, so few are
 * made at a time; 503 for the others.
 */
@RestController
@RequestMapping("/api/sagas")
class ExportController {

    static final int MOST_SAGAS = 100_000;
    static final int MOST_AT_A_TIME = 4;

    private static final int SECONDS_TO_WAIT = 5;

    private final SagaView view;
    private final Clock clock;
    private final SagaJson json;
    private final PayloadReads reads;
    private final Semaphore places = new Semaphore(MOST_AT_A_TIME);

    /**
     * @param sensitive what is masked in payloads
     * @param reads of them
     */
    ExportController(SagaView view, Clock clock, SensitiveFields sensitive, PayloadReads reads) {
        this.reads = reads;
        this.view = view;
        this.clock = clock;
        this.json = new SagaJson(sensitive);
    }

    /**
     * Those that match, the latest first, without payloads. {@code Saga-Total} says how many match; more than the first
     * 100,000 are not in the file.
     *
     * @param format {@code csv} or {@code jsonl}
     */
    @GetMapping("/export")
    void export(
            @ModelAttribute SagaListRequest request,
            @RequestParam MultiValueMap<String, String> parameters,
            @RequestParam(defaultValue = "csv") String format,
            HttpServletResponse response)
            throws IOException {
        SagaExport export = SagaExport.named(format);
        take();
        try {
            SagaPage page = view.list(request.query(clock, parameters).all(MOST_SAGAS));
            response.setContentType(export.mediaType());
            response.setCharacterEncoding(StandardCharsets.UTF_8.name());
            response.setHeader("Saga-Total", Long.toString(page.total()));
            response.setHeader(
                    HttpHeaders.CONTENT_DISPOSITION,
                    "attachment; filename=\"sagas.%s\"".formatted(format.toLowerCase(Locale.ROOT)));
            Writer body = response.getWriter();
            export.write(page.sagas(), json, body);
            body.flush();
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.BAD_REQUEST, e.getMessage());
        } finally {
            places.release();
        }
    }

    /**
     * All that the log has of one saga: as it is shown, and its events with what was sent and got, masked where declared. Who
     * reads it is in the application's log.
     */
    @GetMapping("/{sagaId}/bundle")
    ResponseEntity<ObjectNode> bundle(@PathVariable String sagaId, HttpServletRequest request) {
        take();
        try {
            SagaTimeline saga =
                    find(sagaId).orElseThrow(() -> Problem.of(HttpStatus.NOT_FOUND, "There is no saga " + sagaId));
            ObjectNode bundle = json.timeline(saga, view.attention(saga), view::line);
            bundle.putArray("events")
                    .addAll(saga.entries().stream().map(json::event).toList());
            reads.note(saga.state(), "all of it", PayloadReads.reader(request));
            String name = saga.state().sagaId().value().replaceAll("[^A-Za-z0-9_.-]", "_");
            return ResponseEntity.ok()
                    .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"saga-%s.json\"".formatted(name))
                    .body(bundle);
        } finally {
            places.release();
        }
    }

    private Optional<SagaTimeline> find(String sagaId) {
        try {
            return view.read(new SagaId(sagaId));
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }

    private void take() {
        if (!places.tryAcquire()) {
            throw Problem.later(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "Files are being made for others: try again later",
                    SECONDS_TO_WAIT);
        }
    }
}
