package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.lra.CoordinatorLras;
import dev.caravan.saga.lra.LraStatus;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.monitoring.Attention;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.Child;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;

/** The OpenAPI document says what the controllers do: its paths are theirs, and what they answer is as it says. */
class OpenApiTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final Step HOTEL = new Step("HOTEL", 1);
    private static final Step FLIGHT = new Step("FLIGHT", 1);
    private static final List<Class<?>> CONTROLLERS = List.of(
            SagaController.class,
            AccessController.class,
            LraController.class,
            LraOperatorController.class,
            OperatorController.class,
            StepQuestionController.class,
            AnswerController.class,
            BulkActController.class,
            ExportController.class,
            ActListController.class,
            DeadLetterController.class);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaView view = new SagaView(log, timers.clock(), 100, Duration.ofMinutes(5));
    private final SagaEngine engine =
            TestEngine.on(log, timers).application("trips").build();
    private final CoordinatorLras coordinator = new CoordinatorOfOthers().lras(engine.host());
    private final LraList lras = new LraList(() -> coordinator, view, Runnable::run);
    private final MockMvc http = MockMvcBuilders.standaloneSetup(
                    new SagaController(
                            view,
                            engine.host(),
                            new SagaEventStreams(view, timers, Runnable::run),
                            Runnable::run,
                            timers.clock()),
                    new AccessController(true, lras),
                    new LraController(lras),
                    new LraOperatorController(lras),
                    new OperatorController(engine.operator()),
                    new StepQuestionController(engine.operator(), SensitiveFields.NONE),
                    new AnswerController(engine.answers()),
                    new BulkActController(
                            new BulkActs(view, engine.operator(), engine.answers(), timers, Runnable::run)),
                    new ExportController(
                            view,
                            timers.clock(),
                            SensitiveFields.NONE,
                            new PayloadReads(engine.host().requests())),
                    new ActListController(view),
                    new DeadLetterController(() -> Map.of("saga-logs", 2L), topic -> 2))
            .setControllerAdvice(new RefusalsAsProblems())
            .build();
    private final Set<String> checked = new TreeSet<>();
    private JsonNode document;

    @BeforeEach
    void readAsAClientDoes() throws Exception {
        view.follow();
        document = JSON.readTree(http.perform(get("/api/sagas/openapi.json"))
                .andReturn()
                .getResponse()
                .getContentAsByteArray());
        assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
    }

    @Test
    void hasThePathsOfTheControllersAndNoOthersButTheStart() {
        Set<String> documented = new TreeSet<>();
        document.path("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> documented.add(method + " " + withoutNames(path.getKey()))));
        Set<String> mapped = new TreeSet<>(Set.of("post /api/sagas/{}"));
        for (Class<?> controller : CONTROLLERS) {
            String root = mapping(controller).path()[0];
            for (Method method : controller.getDeclaredMethods()) {
                RequestMapping own = AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
                if (own != null && own.method()[0] != RequestMethod.HEAD) {
                    String path = own.path().length == 0 ? "" : own.path()[0];
                    mapped.add(own.method()[0].name().toLowerCase(Locale.ROOT) + " " + withoutNames(root + path));
                }
            }
        }

        assertThat(documented).isEqualTo(mapped);
        assertThat(document.findValuesAsText("operationId")).doesNotHaveDuplicates();
    }

    private static RequestMapping mapping(Class<?> controller) {
        return AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
    }

    private static String withoutNames(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    @Test
    void knowsEachStatusThatThereIs() {
        assertThat(values("SagaStatus"))
                .containsExactlyElementsOf(names(SagaStatus.values()).skip(1).toList());
        assertThat(values("Attention")).isSubsetOf(names(Attention.values()).toList());
        assertThat(values("LraStatus"))
                .containsExactlyElementsOf(names(LraStatus.values())
                        .filter(name -> !name.equals(LraStatus.Gone.name()))
                        .toList());
        JsonNode step = document.at("/components/schemas/SagaStep/properties");
        assertThat(step.at("/status/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(names(StepStatus.values()).toList());
        assertThat(step.at("/kind/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(names(StepKind.values()).toList());
        assertThat(document.at("/components/schemas/ActOrder/properties/action/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(names(BulkOrder.Action.values())
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList());
    }

    private static Stream<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name);
    }

    private List<String> values(String schema) {
        List<String> values = new ArrayList<>();
        document.at("/components/schemas/" + schema + "/enum").forEach(value -> values.add(value.asText()));
        return values;
    }

    @Test
    void takesTheParametersOfTheList() {
        List<String> parameters = new ArrayList<>();
        document.at("/paths/~1api~1sagas/get/parameters")
                .forEach(parameter -> parameters.add(parameter.path("name").asText()));
        List<String> fields = new ArrayList<>(Arrays.stream(SagaListRequest.class.getRecordComponents())
                .map(component -> component.getName())
                .toList());
        fields.addAll(List.of("key", "version"));

        assertThat(parameters)
                .contains("attributes")
                .filteredOn(name -> !name.equals("attributes"))
                .containsExactlyInAnyOrderElementsOf(fields);
        assertThat(document.at("/components/schemas/SagaFilter/properties").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(fields);
    }

    @Test
    void isRightAboutWhatIsAnswered() throws Exception {
        failed("trip-1");
        failed("trip-2");
        failed("trip-3");
        rejected("trip-4");
        waiting("trip-5");
        timers.advance(Duration.ofMinutes(6));

        check(get("/api/sagas?limit=2"), 200);
        check(get("/api/sagas?status=FAILED,EXECUTING&attention=true&order=attention"), 200);
        check(get("/api/sagas?status=OPEN"), 400);
        check(get("/api/sagas/groups"), 200);
        check(get("/api/sagas/groups?limit=0"), 400);
        check(get("/api/sagas/map?name=trip"), 200);
        check(get("/api/sagas/map"), 400);
        check(get("/api/sagas/overview"), 200);
        check(get("/api/sagas/access"), 200);
        check(get("/api/sagas/openapi.json"), 200);
        check(get("/api/sagas/events"), 200);
        check(get("/api/sagas/export?status=FAILED"), 200);
        check(get("/api/sagas/export?format=xls"), 400);
        check(get("/api/sagas/trip-1/bundle"), 200);
        for (int i = 1; i <= 5; i++) {
            check(get("/api/sagas/trip-" + i), 200);
        }
        check(get("/api/sagas/none"), 404);
        check(get("/api/sagas/trip-1/events/0"), 200);
        check(get("/api/sagas/trip-1/events/99"), 404);
        check(posted("/api/sagas/trip-4/retry", "{'who': 'ann', 'reason': 'again'}"), 409);
        check(posted("/api/sagas/trip-4/resolve", "{'who': 'ann', 'reason': 'by hand'}"), 409);
        check(posted("/api/sagas/trip-4/steps/HOTEL/retry", "{'who': 'ann', 'reason': 'again'}"), 409);
        check(posted("/api/sagas/trip-4/steps/HOTEL/resolve", "{'who': 'ann', 'reason': 'ticket 1'}"), 409);
        check(
                posted(
                        "/api/sagas/trip-4/steps/HOTEL/correct",
                        "{'who': 'ann', 'reason': 'closed', 'data': {'iban': 'DE02'}}"),
                409);
        check(posted("/api/sagas/trip-4/steps/HOTEL/correct", "{'who': 'ann', 'reason': 'closed'}"), 400);
        check(
                posted("/api/sagas/trip-4/steps/HOTEL/confirm", "{'who': 'ann', 'reason': 'seen', 'correction': 7}"),
                409);
        check(posted("/api/sagas/trip-4/steps/HOTEL/ask", "{'who': 'ann'}"), 400);
        check(posted("/api/sagas/trip-4/steps/NONE/ask", "{'who': 'ann', 'reason': 'to be sure'}"), 404);
        MvcResult asked = http.perform(
                        posted("/api/sagas/trip-4/steps/HOTEL/ask", "{'who': 'ann', 'reason': 'to be sure'}"))
                .andReturn();
        timers.advance(Duration.ofSeconds(10));
        check(asked, 200);
        check(posted("/api/sagas/trip-5/cancel", "{'reason': 'no name'}"), 400);
        check(post("/api/sagas/trip-5/cancel").contentType(MediaType.TEXT_PLAIN).content("no"), 415);
        check(posted("/api/sagas/trip-5/steps/FLIGHT/deadline", "{'who': 'ann', 'reason': 'later'}"), 400);
        check(posted("/api/sagas/trip-5/steps/HOTEL/reply", "{'who': 'ann', 'reason': 'yes', 'body': 1}"), 409);
        check(posted("/api/sagas/trip-5/steps/FLIGHT/reply", "{'who': 'ann', 'reason': 'yes', 'body': 1}"), 202);
        check(posted("/api/sagas/trip-5/signals/approval", "{'who': 'ann', 'reason': 'yes', 'id': '1'}"), 202);
        check(posted("/api/sagas/trip-5/cancel", "{'who': 'ann', 'reason': 'wrong trip'}"), 202);
        check(posted("/api/sagas/actions", "{'action': 'retry', 'filter': {'step': 'HOTEL'}, 'dryRun': true}"), 200);
        check(posted("/api/sagas/actions", "{'action': 'retry', 'filter': {'stpe': 'HOTEL'}}"), 400);
        check(
                posted(
                        "/api/sagas/actions",
                        "{'action': 'retry', 'filter': {'key': 'key-of-trip-1', 'attribute.a': 1}, 'dryRun': true}"),
                200);
        MvcResult act = check(
                posted(
                        "/api/sagas/actions",
                        "{'action': 'resolve', 'filter': {'status': 'FAILED'}, 'who': 'ann', 'reason': 'by hand'}"),
                202);
        String place = act.getResponse().getHeader("Location");
        timers.advance(Duration.ofMillis(50));
        check(get(place), 200);
        check(delete(place), 400);
        check(delete(place).param("who", "ann"), 200);
        check(get("/api/sagas/actions"), 200);
        check(get("/api/sagas/acts?who=ann&act=cancel"), 200);
        check(get("/api/sagas/acts?from=yesterday"), 400);
        check(get("/api/sagas/acts?limit=0"), 400);
        check(get("/api/sagas/acts/export?format=csv"), 200);
        check(get("/api/sagas/acts/export?format=xls"), 400);
        check(get("/api/sagas/actions/none"), 404);
        check(get("/api/lras?limit=2"), 200);
        check(get("/api/lras?status=Active&sagas=true"), 200);
        check(get("/api/lras?limit=0"), 400);
        check(get("/api/lras/a1"), 200);
        check(get("/api/lras/recovery"), 404);
        check(get("/api/lras/0"), 503);
        check(posted("/api/lras/a1/close", "{'reason': 'no name'}"), 400);
        check(posted("/api/lras/a1/close", "{'who': 'ann', 'reason': 'done'}"), 200);
        check(posted("/api/lras/a1/cancel", "{'who': 'ann', 'reason': 'wrong'}"), 200);
        check(posted("/api/lras/a1/forget", "{'who': 'ann', 'reason': 'seen to'}"), 409);
        check(posted("/api/lras/c3/cancel", "{'who': 'ann', 'reason': 'wrong'}"), 504);
        check(posted("/api/lras/e5/recover", "{'who': 'ann', 'reason': 'it is back'}"), 202);
        check(posted("/api/lras/f6/forget", "{'who': 'ann', 'reason': 'seen to'}"), 204);
        check(get("/api/dead-letters"), 200);
        check(post("/api/dead-letters/saga-logs/replay"), 200);

        Set<String> notAnswered = operations();
        notAnswered.removeAll(checked);
        assertThat(notAnswered)
                .as("operations of which no answer was looked at")
                .isEmpty();
    }

    /** The start is the orchestrator's, and tested there. */
    private Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.path("paths")
                .forEach(path -> path.forEach(operation ->
                        operations.add(operation.path("operationId").asText())));
        operations.removeAll(Set.of(
                "startSaga",
                "retrySaga",
                "resolveSaga",
                "retryStep",
                "resolveStep",
                "correctStep",
                "confirmStep",
                "moveDeadline"));
        return operations;
    }

    private MvcResult check(MockHttpServletRequestBuilder request, int status) throws Exception {
        return check(http.perform(request).andReturn(), status);
    }

    private MvcResult check(MvcResult asked, int status) throws Exception {
        MvcResult result = asked;
        boolean streams =
                MediaType.TEXT_EVENT_STREAM_VALUE.equals(result.getResponse().getContentType());
        if (result.getRequest().isAsyncStarted() && !streams) {
            result.getAsyncResult(HangLimit.TIME.toMillis());
            result = http.perform(asyncDispatch(result)).andReturn();
        }
        MockHttpServletResponse response = result.getResponse();
        String what =
                result.getRequest().getMethod() + " " + result.getRequest().getRequestURI();
        assertThat(response.getStatus()).as(what).isEqualTo(status);
        JsonNode operation =
                operation(result.getRequest().getMethod(), result.getRequest().getRequestURI());
        if (status < 300) {
            checked.add(operation.path("operationId").asText());
        }
        JsonNode documented = resolved(operation.path("responses").path(Integer.toString(status)));
        assertThat(documented.isObject()).as("%s may answer %d", what, status).isTrue();
        documented.path("headers").fieldNames().forEachRemaining(header -> assertThat(
                        header.equals("Link") || response.containsHeader(header))
                .as("%s has the header %s", what, header)
                .isTrue());
        if (!documented.has("content")) {
            assertThat(response.getContentAsString()).as(what).isEmpty();
            return result;
        }
        String type = documented.path("content").fieldNames().next();
        assertThat(MediaType.parseMediaType(String.valueOf(response.getContentType()))
                        .isCompatibleWith(MediaType.parseMediaType(type)))
                .as("%s is %s, not %s", what, type, response.getContentType())
                .isTrue();
        if (type.equals(MediaType.APPLICATION_JSON_VALUE) || type.equals(MediaType.APPLICATION_PROBLEM_JSON_VALUE)) {
            assertThat(violations(documented.path("content").path(type).path("schema"), response))
                    .as(what)
                    .isEmpty();
        }
        return result;
    }

    private Iterable<String> violations(JsonNode schema, MockHttpServletResponse response) throws IOException {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        whole.set("components", document.path("components"));
        whole.putArray("allOf").add(schema);
        return SCHEMAS.getSchema(whole).validate(JSON.readTree(response.getContentAsByteArray())).stream()
                .map(Object::toString)
                .toList();
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    /** The path with the fewest names that matches. */
    private JsonNode operation(String method, String path) {
        List<String> paths = new ArrayList<>();
        document.path("paths").fieldNames().forEachRemaining(paths::add);
        String found = paths.stream()
                .filter(one ->
                        path.matches(withoutNames(one).replace(".", "\\.").replace("{}", "[^/]+")))
                .min(Comparator.comparingLong(
                        one -> one.chars().filter(c -> c == '{').count()))
                .orElseThrow();
        return document.path("paths")
                .path(found)
                .path(HttpMethod.valueOf(method).name().toLowerCase(Locale.ROOT));
    }

    private static MockHttpServletRequestBuilder posted(String path, String body) {
        return post(path).contentType(MediaType.APPLICATION_JSON).content(body.replace('\'', '"'));
    }

    private LiveSaga start(String id) {
        LiveSaga saga = engine.host()
                .start(
                        new SagaId(id),
                        new SagaEvent.Start(
                                "trip",
                                null,
                                "key-of-" + id,
                                null,
                                Map.of(),
                                "trips",
                                "2",
                                null,
                                new SagaId("journey-1"),
                                new RouteShape(null, List.of("HOTEL", "FLIGHT")),
                                null,
                                null))
                .join();
        saga.enlist("HOTEL", "direct:cancel-hotel", null, Map.of()).join();
        return saga;
    }

    private void failed(String id) {
        LiveSaga saga = start(id);
        saga.append(new SagaEvent.Limit(timers.clock().instant().plusSeconds(60)))
                .join();
        saga.append(new Child(new SagaId("child-of-" + id), "insurance", "HOTEL", false))
                .join();
        saga.append(new SagaEvent.Fail(HOTEL, "full")).join();
        saga.append(new SagaEvent.StepCompensateFailed(HOTEL, 3, "no refund", "CLOSED"))
                .join();
        saga.append(new SagaEvent.CompensateFail(HOTEL, "no refund")).join();
    }

    private void rejected(String id) {
        LiveSaga saga = start(id);
        saga.append(new SagaEvent.StepRejected(HOTEL, "Book", "FULL", "no room"))
                .join();
        saga.append(new SagaEvent.Fail(HOTEL, "full")).join();
        saga.append(new SagaEvent.CompensateComplete()).join();
    }

    private void waiting(String id) {
        LiveSaga saga = start(id);
        saga.append(new SagaEvent.Success(HOTEL, "Book", null)).join();
        saga.enlist("FLIGHT", null, null, Map.of()).join();
        saga.append(new Awaits.StepAwaits(
                        FLIGHT, "approval", null, timers.clock().instant().plusSeconds(3600), null, null, null, null))
                .join();
    }
}
