package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.monitoring.CauseFilter;
import dev.caravan.saga.monitoring.SagaGroup;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaPage;
import dev.caravan.saga.monitoring.SagaQuery;
import dev.caravan.saga.monitoring.SagaView;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** Sagas over HTTP: the list, what changes in it, and one saga with its timeline. Payloads are given one by one. */
@RestController
@RequestMapping("/api/sagas")
class SagaController {

    /** The wait has a limit of its own; that of the servlet container may be shorter. */
    private static final long NEVER = 0;

    static final int MOST_READS = 256;
    private static final int MOST_GROUPS = 1000;

    private final Semaphore reads = new Semaphore(MOST_READS);
    private final SagaView view;
    private final SagaHost host;
    private final SagaEventStreams streams;
    private final Executor workers;
    private final Clock clock;
    private final SagaJson json;
    private final PayloadReads payloads;

    /**
     * @param workers read the log, which blocks
     */
    SagaController(SagaView view, SagaHost host, SagaEventStreams streams, Executor workers, Clock clock) {
        this(view, host, streams, workers, clock, SensitiveFields.NONE);
    }

    /** @param sensitive what is masked in payloads */
    SagaController(
            SagaView view,
            SagaHost host,
            SagaEventStreams streams,
            Executor workers,
            Clock clock,
            SensitiveFields sensitive) {
        this.json = new SagaJson(sensitive);
        this.payloads = new PayloadReads(host.requests());
        this.view = view;
        this.host = host;
        this.streams = streams;
        this.workers = workers;
        this.clock = clock;
    }

    /** A page. Its headers say how many sagas there are on all pages, how far the list is behind, and where the next is. */
    @GetMapping
    ResponseEntity<ArrayNode> list(
            @ModelAttribute SagaListRequest request, @RequestParam MultiValueMap<String, String> parameters) {
        try {
            SagaPage page = view.list(request.query(clock, parameters));
            ResponseEntity.BodyBuilder answer = ResponseEntity.ok()
                    .header("Saga-Total", Long.toString(page.total()))
                    .header("Saga-View-Lag", Long.toString(view.lag()));
            if (page.next() != null) {
                String next = ServletUriComponentsBuilder.fromCurrentRequest()
                        .replaceQueryParam("after", page.next())
                        .build()
                        .toUriString();
                answer.header(HttpHeaders.LINK, "<%s>; rel=\"next\"".formatted(next));
            }
            return answer.body(json.list(page.sagas()));
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    /** Those that match, by status, application, step and code; each with the link to its sagas. */
    @GetMapping("/groups")
    ArrayNode groups(@ModelAttribute SagaListRequest request, @RequestParam MultiValueMap<String, String> parameters) {
        try {
            return json.groups(view.groups(request.query(clock, parameters)), SagaController::link);
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    /** The steps of all sagas of a name, and how many are where; the parameter is as in the list. */
    @GetMapping("/map")
    ObjectNode map(@RequestParam String name) {
        return json.map(view.map(name), view.groups(SagaQuery.named(name, MOST_GROUPS)), SagaController::link);
    }

    /** What was asked for, and what the group has in common. */
    private static String link(SagaGroup group) {
        UriComponentsBuilder link = ServletUriComponentsBuilder.fromCurrentRequest();
        String list = link.build().getPath().replaceFirst("/(groups|map)$", "");
        link.scheme(null).host(null).port(null).replacePath(list).replaceQueryParam("limit");
        link.replaceQueryParam("status", group.status().name());
        Map<String, String> common = new LinkedHashMap<>();
        common.put("application", group.application());
        common.put("step", group.step());
        common.put("code", group.code());
        common.forEach((name, value) -> link.replaceQueryParam(
                name, UriUtils.encode(value == null ? CauseFilter.NONE : value, StandardCharsets.UTF_8)));
        return link.build(true).toUriString();
    }

    /** What can be asked for under this path and {@code /api/dead-letters}, as OpenAPI has it. */
    @GetMapping(path = "/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
    Resource describe() {
        return new ClassPathResource("caravan/openapi.json");
    }

    /** All sagas in numbers. */
    @GetMapping("/overview")
    ObjectNode overview() {
        return json.overview(view.overview());
    }

    /**
     * Server-sent events: {@code saga} with a line of the list that changed, {@code reload} when some were left out, {@code
     * beat} every two seconds. Who comes back with {@code Last-Event-ID} is told what was missed, as far as it is known. 429
     * and 503 beyond the limits for streams.
     */
    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter events(
            @RequestHeader(name = "Last-Event-ID", required = false) String lastEventId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Principal login = request.getUserPrincipal();
        SseEmitter emitter =
                streams.open(login == null ? "at " + request.getRemoteAddr() : "user " + login.getName(), lastEventId);
        // the headers go out here: what filters still do to them must not meet the first event, which another thread
        // writes
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        try {
            response.flushBuffer();
        } catch (IOException e) {
            streams.abandon(emitter);
            throw e;
        }
        return emitter;
    }

    /** HEAD would open a stream that nobody reads or closes. */
    @RequestMapping(path = "/events", method = RequestMethod.HEAD)
    ResponseEntity<Void> headOfEvents() {
        return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).build();
    }

    /**
     * One saga. With {@code Prefer: wait=N} (RFC 7240), a saga that runs in this instance is answered when it has
     * ended or goes on elsewhere, or after N seconds, at most 60; no thread is held meanwhile.
     */
    @GetMapping("/{sagaId}")
    DeferredResult<ObjectNode> find(
            @PathVariable String sagaId, @RequestHeader(name = "Prefer", defaultValue = "") String prefer) {
        SagaId id = id(sagaId);
        CompletableFuture<?> ended = host.live(id)
                .<CompletableFuture<?>>map(saga -> saga.ended().copy())
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        DeferredResult<ObjectNode> answer = new DeferredResult<>(NEVER);
        ended.completeOnTimeout(null, WaitPreference.seconds(prefer), TimeUnit.SECONDS)
                .handle((done, moved) -> reading(() -> view.find(id)
                        .map(saga -> json.timeline(saga, view.attention(saga), view::line))
                        .orElseThrow(() -> Problem.of(HttpStatus.NOT_FOUND, "There is no saga " + sagaId))))
                .thenCompose(read -> read)
                .whenComplete((saga, failure) -> {
                    if (failure == null) {
                        answer.setResult(saga);
                    } else {
                        answer.setErrorResult(Failures.cause(failure));
                    }
                });
        return answer;
    }

    /** One event with what the application sent and got. Who reads it is in the application's log. */
    @GetMapping("/{sagaId}/events/{sequence}")
    CompletableFuture<ObjectNode> event(
            @PathVariable String sagaId, @PathVariable long sequence, HttpServletRequest request) {
        SagaId id = id(sagaId);
        String reader = PayloadReads.reader(request);
        return reading(() -> view.read(id)
                .flatMap(saga -> saga.entries().stream()
                        .filter(entry -> entry.sequence() == sequence)
                        .findFirst()
                        .map(entry -> {
                            payloads.note(
                                    saga.state(),
                                    "event %d, %s,"
                                            .formatted(sequence, entry.event().type()),
                                    reader);
                            return json.event(entry);
                        }))
                .orElseThrow(() -> Problem.of(
                        HttpStatus.NOT_FOUND, "There is no event %d of saga %s".formatted(sequence, sagaId))));
    }

    /** What waits for the workers is limited: sagas need them, too. */
    private <T> CompletableFuture<T> reading(Supplier<T> read) {
        if (!reads.tryAcquire()) {
            return CompletableFuture.failedFuture(
                    Problem.of(HttpStatus.SERVICE_UNAVAILABLE, "Too many sagas are being read: try again later"));
        }
        return CompletableFuture.supplyAsync(read, workers).whenComplete((done, failure) -> reads.release());
    }

    private static SagaId id(String text) {
        try {
            return new SagaId(text);
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.NOT_FOUND, e.getMessage());
        }
    }
}
