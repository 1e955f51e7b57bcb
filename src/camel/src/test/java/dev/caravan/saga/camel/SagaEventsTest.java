package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.participant.StepRejectedException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SagaEventsTest {

    private final List<String> heard = new ArrayList<>();
    private final CamelContext context = new DefaultCamelContext();
    private final SagaEvents events = new SagaEvents(List.of(new SagaEventListener() {
        @Override
        public void onIgnored(String topic) {
            heard.add("ignored " + topic);
        }

        @Override
        public void onLate(String topic) {
            heard.add("late " + topic);
        }
    }));

    private Exchange event(String json, Object saga) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getIn().setBody(json == null ? null : json.getBytes(StandardCharsets.UTF_8));
        exchange.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, saga);
        exchange.getIn().setHeader("kafka.TOPIC", "order-events");
        return exchange;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "saga-1",
                "http://localhost/lra-coordinator/0_ff_1",
                "http://localhost/lra-coordinator/0_ff_1?saga=k.a.b.c"
            })
    void readsAnEvent(String saga) {
        Exchange exchange = event("{\"type\":\"PAID\",\"amount\":12.50}", saga.getBytes(StandardCharsets.UTF_8));

        events.read(exchange);

        assertThat(exchange.getMessage().getBody())
                .isEqualTo(Map.of("type", "PAID", "amount", new BigDecimal("12.50")));
        assertThat(exchange.getMessage().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION))
                .isEqualTo(saga);
    }

    @Test
    void encryptsSensitiveFieldsInEventsAndReadsThem() throws Exception {
        SensitiveFields sensitive =
                SensitiveFields.of(List.of("iban"), List.of("2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), null);
        SagaEvents secret = new SagaEvents(List.of(), sensitive);
        Exchange written = event(null, "saga-1");
        Map<String, Object> fields = Map.of("type", "PAID", "iban", "DE89", "amount", new BigDecimal("12.50"));
        written.getMessage().setBody(fields);

        secret.write(written);
        String text = written.getMessage().getBody(String.class);
        Exchange read = event(text, "saga-1");
        secret.read(read);

        assertThat(text).contains("enc:v1:2026:", "12.50").doesNotContain("DE89");
        assertThat(read.getMessage().getBody()).isEqualTo(fields);
        assertThatThrownBy(() -> new SagaEvents(
                                List.of(),
                                SensitiveFields.of(
                                        List.of("iban"),
                                        List.of("2027:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
                                        null))
                        .read(event(text, "saga-1")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("its key 2026 is not in caravan.sensitive-keys");
    }

    @Test
    void readsAnEventInARoute() throws Exception {
        context.getRegistry().bind("sagaEvents", events);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in").to("bean:sagaEvents?method=read").setBody(simple("${body[amount]}"));
            }
        });
        context.start();

        Exchange sent = context.createProducerTemplate()
                .send("direct:in", event("{\"type\":\"PAID\",\"amount\":12.50}", "saga-1"));

        assertThat(sent.getException()).isNull();
        assertThat(sent.getMessage().getBody()).isEqualTo(new BigDecimal("12.50"));
        context.stop();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "null | saga-1 | Expected a JSON object",
                "'' | saga-1 | Expected a JSON object",
                "{\"type\" | saga-1 | Not JSON",
                "[] | saga-1 | Expected a JSON object",
                "{} | saga-1 | Field 'type' is missing",
                "{\"type\":7} | saga-1 | Field 'type' is missing",
                "{\"type\":\"PAID\"} | null | Header 'Long-Running-Action' is missing",
                "{\"type\":\"PAID\"} | a b | Header 'Long-Running-Action' is missing or names no saga"
            })
    void saysWhatIsWrongWithAnEvent(String json, String saga, String problem) {
        assertThatThrownBy(() -> events.read(event(json, saga)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAID", "PAID,REFUNDED", "REFUNDED,PAID"})
    void knowsAnEventByItsType(String types) {
        assertThat(events.is(Map.of("type", "PAID"), types)).isTrue();
        assertThat(events.is(Map.of("type", "PAID", "version", 1), types)).isTrue();
    }

    @Test
    void doesNotKnowAnEventOfAnotherTypeOrVersion() {
        assertThat(events.is(Map.of("type", "REFUNDED"), "PAID")).isFalse();
        assertThat(events.is(Map.of("type", "PAID", "version", 2), "PAID")).isFalse();
        assertThat(events.is(Map.of("type", "PAID", "version", "new"), "PAID")).isFalse();
    }

    @Test
    void countsWhatIsIgnoredAndWhatIsLate() {
        Exchange exchange = event("{}", "saga-1");
        events.ignore(exchange);
        events.late(exchange, new IllegalStateException("too late"));

        assertThat(heard).containsExactly("ignored order-events", "late order-events");
    }

    @Test
    void writesAnEventWithTheSagaAsItsKey() throws Exception {
        Exchange exchange = event(null, "http://localhost/lra-coordinator/saga-1");
        exchange.getMessage()
                .setBody(events.event("PAID", Map.of("type", "ORDERED", "orderId", "o1"), Map.of("orderId", "o2")));

        events.write(exchange);

        assertThat(exchange.getMessage().getBody(String.class)).isEqualTo("{\"type\":\"PAID\",\"orderId\":\"o2\"}");
        assertThat(exchange.getMessage().getHeader("kafka.KEY")).isEqualTo("saga-1");
    }

    @Test
    void writesNoEventOutsideOfASaga() {
        assertThatThrownBy(() -> events.write(event(null, null))).hasMessage("An event of no saga cannot be published");
    }

    @Test
    void saysWhyAStepWasRejected() {
        assertThat(events.failure("PAYMENT_FAILED", "orderId", "o1", new StepRejectedException("CARD_DECLINED", "no")))
                .isEqualTo(Map.of("type", "PAYMENT_FAILED", "orderId", "o1", "code", "CARD_DECLINED", "reason", "no"));
    }

    @Test
    void keepsAFieldToItself() {
        assertThat(events.without(Map.of("type", "PAID", "card", "4242"), "card"))
                .isEqualTo(Map.of("type", "PAID"));
    }
}
