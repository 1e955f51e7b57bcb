package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Credentials in the headers of the message with which a saga starts. */
class CredentialsTest extends InEitherMode {

    private static final String SECRET = "geheim-4711";

    private final List<Object> seen = new ArrayList<>();
    private SagaRing ring;

    @BeforeEach
    void start() throws Exception {
        ring = ring(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:undo")
                        .process(exchange -> seen.add(exchange.getIn().getHeaders()));
                from("direct:reserve")
                        .routeId("reserve")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:undo")
                        .option("customer", header("customer"))
                        .option("AUTHORIZATION", constant(SECRET))
                        .option("who", simple("as ${header.x-api-key}"))
                        .option("session", header("x-shop-session"))
                        .process(exchange -> seen.add(exchange.getIn().getHeader("authorization")));
                from("direct:order")
                        .routeId("order")
                        .saga()
                        .to("direct:reserve")
                        .process(exchange -> {
                            throw new IllegalStateException("out of stock");
                        });
            }
        });
        ring.context.getRegistry().bind(Credentials.BEAN, new CredentialHeaders(List.of("X-Shop-Session")));
    }

    @AfterEach
    void stop() {
        ring.assertNothingIsPending();
        ring.close();
    }

    @Test
    void areSeenByTheRouteAndAreNeitherInTheLogNorInOptions() {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("customer", "ann");
        headers.put("Authorization", "Bearer " + SECRET);
        headers.put("cookie", "s=" + SECRET);
        headers.put("SET-COOKIE", "t=" + SECRET);
        headers.put("X-api-KEY", "k-" + SECRET);
        headers.put("proxy-authorization", "Basic " + SECRET);
        headers.put("X-SHOP-session", "u-" + SECRET);

        ring.answer("direct:order", "A", headers);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(seen.get(0)).isEqualTo("Bearer " + SECRET);
        assertThat(seen.get(1).toString()).contains("customer=ann").doesNotContain(SECRET);
        List<SagaEvent> events = ring.events(ring.saga().sagaId());
        SagaLogCodec codec = new SagaLogCodec();
        assertThat(events)
                .allSatisfy(event -> assertThat(codec.encode(event).toString()).doesNotContain(SECRET));
        assertThat(((SagaEvent.Start) events.get(0)).headers()).isEqualTo(Map.of("customer", "ann"));
        assertThat(events)
                .filteredOn(SagaEvent.Enlist.class::isInstance)
                .extracting(event -> ((SagaEvent.Enlist) event).options())
                .containsExactly(Map.of("customer", "ann"));
        assertThat(ring.cluster.log.entries(ring.saga().sagaId()))
                .allSatisfy(entry -> assertThat(new String(codec.encode(entry), StandardCharsets.UTF_8))
                        .doesNotContain(SECRET));
    }
}
