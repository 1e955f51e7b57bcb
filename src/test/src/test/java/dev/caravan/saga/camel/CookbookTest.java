package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.Recipe.Notation;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultScheduledPollConsumerScheduler;
import org.apache.camel.support.ScheduledPollConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each recipe of src/docs/cookbook.md, in each notation, as it stands there. */
class CookbookTest {

    private static final String PAGE = "src/docs/cookbook.md";
    private static final String STEPS = "The steps";
    private static final Set<String> RUN = new HashSet<>();

    private final List<String> done = new ArrayList<>();
    private final Map<String, Integer> failures = new HashMap<>();
    private final Properties properties = new Properties();
    private SagaRing ring;

    /** What a step calls: it writes down what it has done. */
    public final class Desk {

        private final String name;

        Desk(String name) {
            this.name = name;
        }

        public String book(@Header("trip") String trip) throws ConnectException {
            int left = failures.getOrDefault(name, 0);
            if (left > 0) {
                failures.put(name, left - 1);
                throw new ConnectException("nobody answers at " + name);
            }
            done.add("book %s %s".formatted(name, trip));
            return "%s of %s".formatted(name, trip);
        }

        public void cancel(@Header("trip") String trip) {
            done.add("cancel %s %s".formatted(name, trip));
        }

        public void confirm(@Header("trip") String trip) {
            done.add("confirm %s %s".formatted(name, trip));
        }
    }

    /** The test polls, and no thread of Camel's. */
    public static final class ByHand extends DefaultScheduledPollConsumerScheduler {

        @Override
        public void startScheduler() {}
    }

    private void cook(String heading, Notation notation) throws Exception {
        RUN.add(heading + notation);
        properties.setProperty("retry.delay", "0");
        ring = new SagaRing(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                getContext().getPropertiesComponent().setOverrideProperties(properties);
                getContext().getRegistry().bind("byHand", new ByHand());
                for (String desk :
                        List.of("flights", "hotels", "cars", "seats", "cards", "post", "policies", "prices")) {
                    getContext().getRegistry().bind(desk, new Desk(desk));
                }
                new Recipe(PAGE, STEPS).addTo(getContext(), notation);
                new Recipe(PAGE, heading).addTo(getContext(), notation);
                routes(getContext()).forEach(CookbookTest::fromTheTest);
            }
        });
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
    }

    private static List<RouteDefinition> routes(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
    }

    /** HTTP, Kafka and timer are not what is tried here. */
    private static void fromTheTest(RouteDefinition route) {
        if (route.getInput().getEndpointUri().matches("(servlet|kafka|timer):.*")) {
            route.getInput().setUri("direct:start");
        }
    }

    private Exchange order(Map<String, Object> headers) {
        return ring.answer("direct:trip", "a trip", headers);
    }

    private Exchange order() {
        return order(Map.of("trip", "t1"));
    }

    private SagaStatus status() {
        return ring.saga().status();
    }

    @AfterEach
    void leavesNothingPending() {
        if (ring != null) {
            ring.assertNothingIsPending();
            ring.close();
        }
    }

    @AfterAll
    static void everyRecipeWasRun() {
        List<String> all = Recipe.headings(PAGE).stream()
                .filter(heading -> !heading.equals(STEPS))
                .flatMap(heading -> List.of(Notation.values()).stream().map(notation -> heading + notation))
                .toList();
        assertThat(RUN).containsExactlyInAnyOrderElementsOf(all);
    }

    @ParameterizedTest
    @EnumSource
    void stepsOneAfterAnother(Notation notation) throws Exception {
        cook("Steps one after another, and their results", notation);

        assertThat(order().getMessage().getBody()).isEqualTo("flights of t1 and hotels of t1");

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("book flights t1", "book hotels t1");
    }

    @ParameterizedTest
    @EnumSource
    void parallelSteps(Notation notation) throws Exception {
        cook("Parallel steps and their results", notation);

        assertThat(order().getMessage().getBody()).isEqualTo(List.of("flights of t1", "hotels of t1"));
        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);

        failures.put("hotels", 1);
        done.clear();
        Exchange answer = order(Map.of("trip", "t2"));
        assertThat(answer.getException()).isNotNull();
        assertThat(ring.sagas()).extracting(SagaState::status).contains(SagaStatus.COMPENSATED);
        assertThat(done).containsExactly("book flights t2", "cancel hotels t2", "cancel flights t2");
    }

    @ParameterizedTest
    @EnumSource
    void choice(Notation notation) throws Exception {
        cook("Choice", notation);

        order(Map.of("trip", "t1", "nights", 0));
        order(Map.of("trip", "t2", "nights", 2));

        assertThat(done).containsExactly("book flights t1", "book flights t2", "book hotels t2");
    }

    @ParameterizedTest
    @EnumSource
    void loop(Notation notation) throws Exception {
        cook("Loop", notation);

        order(Map.of("trip", "t1", "nights", 3));

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.saga().steps())
                .extracting(step -> step.step().toString())
                .containsExactly("BOOK_HOTEL", "BOOK_HOTEL#2", "BOOK_HOTEL#3");
        assertThat(done).containsExactly("book hotels t1", "book hotels t1", "book hotels t1");
    }

    @ParameterizedTest
    @EnumSource
    void retry(Notation notation) throws Exception {
        cook("Retry", notation);
        failures.put("cars", 3);

        order();

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("book cars t1");
    }

    @ParameterizedTest
    @EnumSource
    void timeOuts(Notation notation) throws Exception {
        cook("Time-outs", notation);
        ring.cluster.participants.actions(
                command -> command.command().equals("BookTrain") ? Action.IS_SILENT : Action.SUCCEEDS);

        ring.send("direct:trip", "a trip", Map.of("trip", "t1"));
        ring.advance(Duration.ofSeconds(31));

        assertThat(status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.cluster.participants.received())
                .extracting(command -> command.command())
                .containsExactly("BookTrain", "CancelTrain");
        assertThat(done).containsExactly("book hotels t1", "cancel hotels t1");
    }

    @ParameterizedTest
    @EnumSource
    void waitForAPerson(Notation notation) throws Exception {
        cook("Wait for a person", notation);
        ring.send("direct:trip", "a trip", Map.of("trip", "t1", SagaConstants.SAGA_KEY, "k1"));
        ring.advance(Duration.ofHours(47));
        assertThat(done).containsExactly("book hotels t1");
        assertThat(ring.context.getInflightRepository().size()).isZero();

        assertThat(ring.answer("direct:start", "yes", Map.of("kafka.KEY", "k1")).getException())
                .isNull();

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("book hotels t1", "book flights t1");
    }

    @ParameterizedTest
    @EnumSource
    void completion(Notation notation) throws Exception {
        cook("Completion", notation);

        order();

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("book seats t1", "book hotels t1", "confirm seats t1");
    }

    @ParameterizedTest
    @EnumSource
    void pivot(Notation notation) throws Exception {
        cook("Pivot", notation);
        AtomicInteger rejections = new AtomicInteger(2);
        ring.cluster.participants.actions(
                command -> command.command().equals("PostTicket") && rejections.getAndDecrement() > 0
                        ? Action.IS_UNKNOWN_AND_NOT_DONE
                        : Action.SUCCEEDS);

        ring.send("direct:trip", "a trip", Map.of("trip", "t1"));
        ring.advance(Duration.ofMinutes(1));

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.cluster.participants.received())
                .extracting(command -> command.command())
                .containsExactly("ChargeCard", "PostTicket", "PostTicket", "PostTicket");
        assertThat(done).containsExactly("book hotels t1");
    }

    @ParameterizedTest
    @EnumSource
    void childSaga(Notation notation) throws Exception {
        cook("Child saga", notation);
        failures.put("hotels", 1);

        assertThat(order().getException()).isNotNull();

        assertThat(ring.sagas()).extracting(SagaState::name).containsExactlyInAnyOrder("trip", "policy");
        assertThat(done).containsExactly("book policies t1", "cancel hotels t1", "cancel policies t1");
    }

    @ParameterizedTest
    @EnumSource
    void aStepThatMayBeDoneTwice(Notation notation) throws Exception {
        cook("A step that may be done twice", notation);

        order();

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("book hotels t1", "book prices t1");
    }

    @ParameterizedTest
    @EnumSource
    void startFromHttp(Notation notation) throws Exception {
        cook("Start from HTTP", notation);

        ring.answer("direct:start", "t1");

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(done).containsExactly("book flights t1", "book hotels t1");
    }

    @ParameterizedTest
    @EnumSource
    void startFromKafka(Notation notation) throws Exception {
        cook("Start from Kafka", notation);

        ring.answer("direct:start", "t1");

        assertThat(ring.saga().start().key()).isEqualTo("t1");
        assertThat(done).containsExactly("book flights t1");
    }

    @ParameterizedTest
    @EnumSource
    void startFromATimer(Notation notation) throws Exception {
        cook("Start from a timer", notation);

        ring.answer("direct:start", null);

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(done).singleElement().asString().matches("book flights \\d{4}-\\d\\d-\\d\\d");
    }

    @ParameterizedTest
    @EnumSource
    void startFromAFile(Notation notation, @TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("t1.csv"), "ann;Oslo");
        properties.setProperty("trips", directory + "?scheduler=#byHand");
        cook("Start from a file", notation);
        ScheduledPollConsumer consumer =
                (ScheduledPollConsumer) ring.context.getRoute("files").getConsumer();

        ring.world.as(ring.member.instance, consumer);
        ring.world.run();

        assertThat(status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.saga().start().key()).isEqualTo("t1.csv");
        assertThat(done).containsExactly("book flights t1", "book hotels t1");
        assertThat(directory.resolve(".camel/t1.csv")).hasContent("ann;Oslo");
    }
}
