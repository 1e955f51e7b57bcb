package dev.caravan.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.client.ApiClient;
import dev.caravan.client.api.SagasApi;
import dev.caravan.client.api.StartApi;
import dev.caravan.client.model.Attention;
import dev.caravan.client.model.OperatorOrder;
import dev.caravan.client.model.Saga;
import dev.caravan.client.model.SagaLine;
import dev.caravan.client.model.SagaMap;
import dev.caravan.client.model.SagaStatus;
import dev.caravan.client.model.Started;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.HttpClientErrorException;

/** A client that the build generates from the OpenAPI document, against the orchestrator that the document describes. */
class GeneratedClientIT {

    private static final String BOOKING = """
            <routes xmlns="http://camel.apache.org/schema/xml-io">
              <route id="booking">
                <from uri="direct:booking"/>
                <saga>
                  <option key="caravan.attribute.city"><simple>${body[city]}</simple></option>
                  <to uri="direct:pay"/>
                  <throwException exceptionType="java.lang.IllegalStateException" message="no seat"/>
                </saga>
              </route>
              <route id="pay">
                <from uri="direct:pay"/>
                <saga propagation="MANDATORY">
                  <compensation uri="direct:refund"/>
                  <to uri="log:paid"/>
                </saga>
              </route>
              <route id="refund">
                <from uri="direct:refund"/>
                <throwException exceptionType="java.lang.IllegalStateException" message="the bank is closed"/>
              </route>
            </routes>
            """;

    @TempDir
    private Path directory;

    private EmbeddedKafka kafka;
    private ConfigurableApplicationContext application;
    private SagasApi sagas;
    private StartApi starts;

    @BeforeEach
    void start() throws Exception {
        Path routes = Files.createDirectory(directory.resolve("routes"));
        Files.writeString(routes.resolve("booking.camel.xml"), BOOKING);
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
        application = SagaOrchestratorApplication.application()
                .run(
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--routes=" + routes,
                        "--camel.component.kafka.brokers=" + kafka.bootstrapServers(),
                        "--caravan.coordinator=log",
                        "--caravan.lra.coordinator.embedded=false",
                        "--caravan.compensation.attempts=1");
        ApiClient client = new ApiClient()
                .setBasePath("http://localhost:" + application.getEnvironment().getProperty("local.server.port"));
        sagas = new SagasApi(client);
        starts = new StartApi(client);
    }

    @AfterEach
    void stop() {
        if (application != null) {
            application.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    void startsListsFiltersAndRetries() throws Exception {
        String rome = started("Rome").getSagaId();
        started("Oslo");
        Saga failed = await().until(() -> sagas.findSaga(rome, null), saga -> saga.getStatus() == SagaStatus.FAILED);
        assertThat(failed.getAttention()).isEqualTo(Attention.FAILED);
        assertThat(failed.getKey()).isEqualTo("in-Rome");
        assertThat(failed.getSteps())
                .filteredOn(step -> step.getName().equals("PAY"))
                .singleElement()
                .satisfies(step -> assertThat(step.getError()).isEqualTo("the bank is closed"));

        await().until(() -> list("FAILED", Map.of()).getBody(), found -> found.size() == 2);
        ResponseEntity<List<SagaLine>> found = list("FAILED", Map.of("attribute.city", "Rome"));
        assertThat(found.getHeaders().getFirst("Saga-Total")).isEqualTo("1");
        assertThat(found.getBody()).extracting(SagaLine::getSagaId).containsExactly(rome);
        assertThat(list("COMPLETED", Map.of()).getBody()).isEmpty();
        SagaMap map = sagas.mapOfSagas("booking");
        assertThat(map.getSteps())
                .filteredOn(step -> step.getStep().equals("PAY"))
                .singleElement()
                .satisfies(pay -> assertThat(pay.getGivenUp()).isEqualTo(2));

        application.getBean(CamelContext.class).addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:refund").routeId("refund").to("log:refunded");
            }
        });
        sagas.retrySaga(rome, new OperatorOrder().who("ann").reason("the bank is open again"));

        await().until(() -> sagas.findSaga(rome, null).getStatus(), status -> status == SagaStatus.COMPENSATED);
        assertThatThrownBy(() ->
                        sagas.retrySaga(rome, new OperatorOrder().who("ann").reason("once more")))
                .isInstanceOfSatisfying(HttpClientErrorException.class, refused -> assertThat(refused.getStatusCode())
                        .isEqualTo(HttpStatus.CONFLICT));
    }

    private Started started(String city) {
        return starts.startSaga("booking", Map.of("city", city), "in-" + city, null, null, null);
    }

    private ResponseEntity<List<SagaLine>> list(String status, Map<String, String> attributes) {
        return sagas.listSagasWithHttpInfo(
                status,
                "booking",
                null,
                null,
                null,
                attributes,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
