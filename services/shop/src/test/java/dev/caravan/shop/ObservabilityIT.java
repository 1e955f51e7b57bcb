package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.shop.ShopClient.Answer;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaConsumer;
import org.apache.camel.health.HealthCheckAware;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.test.autoconfigure.actuate.observability.AutoConfigureObservability;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** Traces and metrics of real orders. In mode {@code log}, because a JVM has one LRA coordinator at most. */
@ShopTest
@DirtiesContext
@AutoConfigureObservability
@Import(ObservabilityIT.Exporter.class)
@TestPropertySource(properties = {"caravan.coordinator=log", "caravan.lra.coordinator.embedded=false"})
class ObservabilityIT {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @TestConfiguration
    static class Exporter {
        @Bean
        InMemorySpanExporter spans() {
            return InMemorySpanExporter.create();
        }
    }

    @Value("${local.server.port}")
    private int port;

    @Autowired
    private InMemorySpanExporter spans;

    @Autowired
    private Set<SpanExporter> exporters;

    @Autowired
    private CamelContext camel;

    @Autowired
    private HealthEndpoint health;

    @Test
    void putsAnOrderFromItsRequestToItsLastCompensationIntoOneTrace() {
        assertThat(exporters).containsExactly(spans);
        Answer answer = ShopClient.at(port)
                .post(
                        OrderRequest.of("COFFEE", 1).shippedTo("AQ"),
                        Map.of("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01", "Prefer", "wait=60"));
        assertThat(answer.text("status")).isEqualTo("COMPENSATED");

        await().untilAsserted(() -> assertThat(names())
                .contains(
                        "http post /api/orders",
                        "saga order-saga",
                        "step CREATE_ORDER",
                        "step PROCESS_PAYMENT",
                        "step RESERVE_INVENTORY",
                        "step PREPARE_SHIPPING",
                        "compensate RESERVE_INVENTORY",
                        "compensate PROCESS_PAYMENT",
                        "compensate CREATE_ORDER",
                        "saga order-saga started",
                        "send order-service-commands",
                        "send payment-service-commands",
                        "send compensation-commands",
                        "process order-service-commands",
                        "process payment-service-commands",
                        "process inventory-service-commands",
                        "process shipping-service-commands",
                        "process compensation-commands"));
        Map<String, SpanData> byName = ofTheTrace().stream()
                .collect(Collectors.toMap(SpanData::getName, span -> span, (first, second) -> first));
        assertThat(ancestors(byName.get("saga order-saga"))).contains("http post /api/orders");
        assertThat(byName.get("process payment-service-commands").getParentSpanId())
                .isEqualTo(byName.get("send payment-service-commands").getSpanId());
        assertThat(byName.get("send payment-service-commands").getParentSpanId())
                .isEqualTo(byName.get("step PROCESS_PAYMENT").getSpanId());
        assertThat(ofTheTrace())
                .filteredOn(span -> span.getStatus().getStatusCode() == StatusCode.ERROR)
                .extracting(SpanData::getName)
                .contains("saga order-saga", "step PREPARE_SHIPPING", "process shipping-service-commands")
                .doesNotContain(
                        "step PROCESS_PAYMENT", "compensate PROCESS_PAYMENT", "process payment-service-commands");
    }

    private List<String> ancestors(SpanData span) {
        Map<String, SpanData> byId =
                ofTheTrace().stream().collect(Collectors.toMap(SpanData::getSpanId, known -> known));
        return Stream.iterate(
                        byId.get(span.getParentSpanId()), Objects::nonNull, known -> byId.get(known.getParentSpanId()))
                .map(SpanData::getName)
                .toList();
    }

    private Set<String> names() {
        return ofTheTrace().stream().map(SpanData::getName).collect(Collectors.toCollection(TreeSet::new));
    }

    private List<SpanData> ofTheTrace() {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(TRACE))
                .toList();
    }

    @Test
    void countsWhatOrdersDo() {
        ShopClient shop = ShopClient.at(port);
        shop.run(OrderRequest.of("COFFEE", 1));
        Answer answer = shop.get("/actuator/prometheus");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().asText().lines())
                .anyMatch(line -> line.startsWith(
                        "caravan_saga_duration_seconds_count{saga=\"order-saga\",status=\"COMPLETED\"}"))
                .anyMatch(line -> line.startsWith("caravan_step_duration_seconds_bucket{outcome=\"SUCCEEDED\""))
                .contains("caravan_sagas_attention{kind=\"FAILED\"} 0.0")
                .contains("caravan_exchanges_passivated_total 0.0")
                .anyMatch(line -> line.startsWith("caravan_log_lag "))
                .anyMatch(line -> line.startsWith("caravan_view_lag "));
    }

    /** Camel's check of a Kafka consumer waits for the poll of that consumer; those of the shop, one after the other, took seconds. */
    @Test
    void asksForItsHealthWithoutWaitingForThePollOfAConsumer() {
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        assertThat(camel.getRoutes())
                .extracting(Route::getConsumer)
                .filteredOn(KafkaConsumer.class::isInstance)
                .isNotEmpty()
                .allSatisfy(consumer -> assertThat(
                                ((HealthCheckAware) consumer).getHealthCheck().isEnabled())
                        .isFalse());
    }
}
