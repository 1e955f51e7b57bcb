package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a saga can be found by, as its route says. */
class SagaAttributesTest {

    private static final Map<String, Object> ORDER = Map.of("customer", "ann", "amount", 129.5, "express", true);

    private SagaRing ring;

    private static final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .option("caravan.attribute.customer", simple("${body[customer]}"))
                    .option("caravan.attribute.amount", simple("${body[amount]}"))
                    .option("caravan.attribute.express", simple("${body[express]}"))
                    .option("caravan.attribute.voucher", simple("${body[voucher]}"))
                    .to("direct:discount")
                    .to("direct:pay");
            step("discount", "caravan.attribute.amount", 99);
            step("pay", "caravan.attribute.country", "NO");
            from("direct:any")
                    .routeId("any")
                    .saga()
                    .option("caravan.attribute.it", exchangeProperty("it"))
                    .to("direct:pay");
            from("direct:misnamed")
                    .routeId("misnamed")
                    .saga()
                    .option("caravan.attribute.no name", constant("x"))
                    .to("direct:pay");
        }

        private void step(String id, String option, Object value) {
            from("direct:" + id)
                    .routeId(id)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .option(option, constant(value))
                    .to("saga-command:shop/" + id);
        }
    }

    @BeforeEach
    void start() throws Exception {
        ring = new SagaRing(new Routes());
        ring.cluster.participants.actions(command -> Action.SUCCEEDS);
    }

    @AfterEach
    void close() {
        ring.close();
    }

    private Map<String, Object> attributes() {
        return ring.saga().start().attributes();
    }

    @Test
    void areKeptWithTheirTypesAndChangedByLaterSteps() {
        ring.answer("direct:order", ORDER);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(attributes()).isEqualTo(Map.of("customer", "ann", "amount", 99, "express", true, "country", "NO"));
    }

    /** What a step said is not said again by one that came before it and is not done again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void areTheSameAfterACrash(int acts) throws Exception {
        ring.member.instance.dieAfter(acts);
        ring.send("direct:order", ORDER);
        ring.close();
        ring = ring.takenOver(new Routes());
        ring.world.run();

        assertThat(ring.sagas())
                .as("died before START, or not")
                .hasSizeLessThan(2)
                .allSatisfy(saga -> {
                    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
                    assertThat(saga.start().attributes())
                            .isEqualTo(Map.of("customer", "ann", "amount", 99, "express", true, "country", "NO"));
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "xml  | <routes><route id='told'><from uri='direct:told'/><saga><option key='caravan.attribute.amount'><simple>${body[amount]}</simple></option><to uri='direct:pay'/></saga></route></routes>",
                "yaml | - route: {id: told, from: {uri: 'direct:told', steps: [{saga: {option: [{key: caravan.attribute.amount, expression: {simple: '${body[amount]}'}}], steps: [{to: 'direct:pay'}]}}]}}"
            })
    void areSaidInARouteFileToo(String notation, String text) throws Exception {
        PluginHelper.getRoutesLoader(ring.context)
                .loadRoutes(ResourceHelper.fromString("told." + notation.strip(), text.strip()));

        ring.answer("direct:told", ORDER);

        assertThat(attributes()).isEqualTo(Map.of("amount", new BigDecimal("129.5"), "country", "NO"));
    }

    private void startWith(Object value) {
        ring.world.as(
                ring.member.instance,
                () -> ring.context.createProducerTemplate().asyncSend("direct:any", exchange -> {
                    exchange.getIn().setBody("x");
                    exchange.setProperty("it", value);
                }));
        ring.world.run();
    }

    static Stream<List<Object>> values() {
        return Stream.of(
                List.of("text", "text"),
                List.of(7L, 7),
                List.of(1L << 40, 1L << 40),
                List.of(2.5f, new BigDecimal("2.5")),
                List.of(new BigDecimal("10.50"), new BigDecimal("10.50")),
                List.of(LocalDate.of(2026, 3, 1), "2026-03-01"),
                List.of(IntNode.valueOf(3), 3));
    }

    @ParameterizedTest
    @MethodSource("values")
    void areTextsNumbersAndTruths(List<Object> value) {
        startWith(value.get(0));

        assertThat(attributes()).containsEntry("it", value.get(1));
    }

    static Stream<Object> none() {
        return Stream.of(Map.of("a", 1), List.of(1), "x".repeat(201), Double.NaN, new byte[1]);
    }

    @ParameterizedTest
    @MethodSource("none")
    void areNothingElse(Object value) {
        startWith(value);

        assertThat(ring.sagas()).isEmpty();
    }

    @Test
    void haveNamesThatCanBeAskedFor() {
        assertThat(ring.answer("direct:misnamed", "x").getException())
                .hasMessageContaining("The attribute 'no name' of a saga needs another name");
        assertThat(ring.sagas()).isEmpty();
    }
}
