package dev.caravan.saga.camel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.test.SagaScenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.converter.stream.InputStreamCache;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A crash between two steps: the saga's route, and the compensation, see the same message before and after. */
class RecoveredMessageTest {

    record Order(String id) {}

    private final List<String> seen = new ArrayList<>();

    static Stream<Arguments> messages() {
        return Stream.of(
                message("JSON text", exchange -> exchange.getIn().setBody("{\"ref\":\"A\", \"qty\":2}")),
                message("digits", exchange -> exchange.getIn().setBody("42")),
                message("bytes", exchange -> exchange.getIn().setBody(new byte[] {-1, 0, -40})),
                message("stream", exchange -> exchange.getIn().setBody(new InputStreamCache("a".getBytes(UTF_8)))),
                message("record", exchange -> exchange.getIn().setBody(new Order("o1"))),
                message("property", exchange -> exchange.setProperty("kind", new Date(1))),
                message(
                        "variable",
                        exchange ->
                                exchange.setVariable("kind", UUID.fromString("00000000-0000-0001-0000-000000000002"))),
                message("header", exchange -> exchange.getIn().setHeader("kind", "goods".getBytes(UTF_8))),
                message("list", exchange -> exchange.getIn().setHeader("kind", List.of(1L, new Date(2)))));
    }

    private static Arguments message(String name, Processor set) {
        return Arguments.of(name, set);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void isWhatItWas(String name, Processor set) {
        try (SagaScenario saga = SagaScenario.of(context -> context.addRoutes(new Routes(set)))
                .property("caravan.serializable-types", Order.class.getName())) {
            saga.given("Ship").isSilent();
            saga.start("direct:in", Map.of()).kill();
            saga.recover().advance(Duration.ofMinutes(10));

            saga.expect().compensated();
        }
        assertThat(seen).hasSize(3);
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
        assertThat(seen.get(2)).as("option of the compensation").isEqualTo(describe("body", seen.get(0)));
    }

    private static String describe(String what, String all) {
        return all.substring(all.indexOf(what + "="), all.indexOf(";", all.indexOf(what + "=")));
    }

    private final class Routes extends RouteBuilder {

        private final Processor set;

        private Routes(Processor set) {
            this.set = set;
        }

        @Override
        public void configure() {
            from("direct:in").routeId("in").process(set).to("direct:order");
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .process(exchange -> seen.add(describe(exchange)))
                    .to("direct:pay")
                    .to("direct:ship")
                    .throwException(new IllegalStateException("no"));
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .option("body", body())
                    .compensation("direct:refund")
                    .setBody(constant("{}"))
                    .to("saga-command:bank/Charge");
            from("direct:ship")
                    .routeId("ship")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:nothing")
                    .setBody(constant("{}"))
                    .to("saga-command:depot/Ship");
            from("direct:refund")
                    .routeId("refund")
                    .process(exchange ->
                            seen.add("body=" + text(exchange, exchange.getIn().getHeader("body"))))
                    .to("saga-command:bank/Refund");
            from("direct:nothing").routeId("nothing").to("saga-command:depot/Return");
        }
    }

    private static String describe(Exchange exchange) {
        return "body=%s; header=%s; property=%s; variable=%s;"
                .formatted(
                        text(exchange, exchange.getIn().getBody()),
                        text(exchange, exchange.getIn().getHeader("kind")),
                        text(exchange, exchange.getProperty("kind")),
                        text(exchange, exchange.getVariable("kind")));
    }

    private static String text(Exchange exchange, Object value) {
        if (value == null) {
            return "null";
        }
        Object readable = value instanceof InputStreamCache
                ? exchange.getContext().getTypeConverter().convertTo(byte[].class, value)
                : value;
        String shown = readable instanceof byte[] bytes ? new String(bytes, ISO_8859_1) : readable.toString();
        return value.getClass().getSimpleName().replaceAll("Immutable.*|ListN|List12|ArrayList", "List") + " " + shown;
    }
}
