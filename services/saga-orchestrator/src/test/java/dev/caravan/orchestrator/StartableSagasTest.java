package dev.caravan.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.ErrorResponseException;

/** What {@code POST /api/sagas/{name}} may start, and what not. */
class StartableSagasTest {

    private static final Path ROUTES = Path.of("../../routes/orchestration");

    @TempDir
    private Path directory;

    private CamelContext context;

    @BeforeEach
    void create() {
        context = new DefaultCamelContext();
    }

    @AfterEach
    void close() throws Exception {
        context.close();
    }

    private Set<String> startable(StartableSagas sagas) {
        Set<String> names = new TreeSet<>();
        for (RouteDefinition route :
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions()) {
            String name = route.getInput().getEndpointUri().replaceFirst("^direct:(//)?", "");
            if (refusal(sagas, name) == null) {
                names.add(name);
            }
        }
        return names;
    }

    private static String refusal(StartableSagas sagas, String name) {
        try {
            sagas.check(name);
            return null;
        } catch (ErrorResponseException e) {
            return e.getStatusCode().value() + " " + e.getBody().getDetail();
        }
    }

    private StartableSagas sagas() {
        return new StartableSagas(context, List.of(), List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"order-saga.camel.xml", "order-saga.camel.yaml", "OrderSaga.java"})
    void startsTheSagaOfEachNotationAndNoneOfItsStepsNorCompensations(String file) throws Exception {
        Files.copy(ROUTES.resolve(file), directory.resolve(file));
        new RouteFiles(directory).beforeApplicationStart(context);

        assertThat(startable(sagas())).containsExactly("order-saga");
        assertThat(refusal(sagas(), "refund-payment")).startsWith("409 No saga was started: route refund-payment");
        assertThat(refusal(sagas(), "nothing")).isEqualTo("404 No route begins with direct:nothing");
    }

    @Test
    void startsNothingThatIsNoSagaOfItsOwn() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                getContext().getPropertiesComponent().addInitialProperty("undo", "undo-step");
                from("direct:saga").routeId("saga").saga().to("direct:step").to("direct:plain");
                from("direct:step?block=false")
                        .routeId("step")
                        .saga()
                        .compensation("direct:{{undo}}")
                        .completion("direct://done-step")
                        .to("log:x");
                from("direct:undo-step").routeId("undo-step").saga().to("log:x");
                from("direct:done-step")
                        .routeId("done-step")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("log:x");
                from("direct:plain").routeId("plain").to("direct:child");
                from("direct:child")
                        .routeId("child")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .to("log:x");
                from("direct:joins")
                        .routeId("joins")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("log:x");
                from("direct:never")
                        .routeId("never")
                        .saga()
                        .propagation(SagaPropagation.NEVER)
                        .to("log:x");
                from("direct:calls").routeId("calls").to("direct:second");
                from("direct:second").routeId("second").saga().to("log:x");
                from("seda:other").routeId("other").saga().to("log:x");
            }
        });

        assertThat(startable(sagas())).containsExactly("saga", "second");
        assertThat(refusal(sagas(), "undo-step"))
                .isEqualTo("409 No saga was started: route undo-step is a compensation or completion");
        assertThat(refusal(sagas(), "other")).startsWith("404");
        assertThat(startable(new StartableSagas(context, List.of("child", "undo-step", "plain", "joins"), List.of())))
                .as("what is named, but no compensation and nothing that begins no saga")
                .containsExactly("child");
        assertThat(startable(new StartableSagas(context, List.of(), List.of("second"))))
                .containsExactly("saga");
        for (String trick :
                List.of("saga?x=y", "../direct:plain", "//plain", "saga/", "SAGA", "{{undo}}", " saga", "")) {
            assertThat(refusal(sagas(), trick)).as(trick).startsWith("404");
        }
    }
}
