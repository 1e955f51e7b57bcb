package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.KeyTakenException;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.SimulatedParticipants.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that come again, at routes whose sagas have a key. */
class StartOnceTest {

    private static final Map<String, Object> ORDER = Map.of("orderId", "order-1", "amount", 5);

    private final List<String> paid = new ArrayList<>();
    private final List<String> behind = new ArrayList<>();
    private Action action = Action.SUCCEEDS;
    private SagaRing ring;

    private final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .option(SagaConstants.KEY, simple("${body[orderId]}"))
                    .to("direct:reserve")
                    .to("direct:pay");
            from("direct:around")
                    .to("direct:order")
                    .process(exchange -> behind.add(exchange.getIn().getBody(String.class)));
            from("direct:by-header").routeId("by-header").saga().to("direct:pay");
            from("direct:open")
                    .routeId("open")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("direct:pay");
            from("direct:around-open").to("direct:open").process(exchange -> behind.add("open"));
            from("direct:done")
                    .routeId("done")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga:complete");
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .option(SagaConstants.IDEMPOTENT, constant("true"))
                    .process(exchange -> paid.add("pay"))
                    .setBody(constant("paid"));
            from("direct:reserve")
                    .routeId("reserve")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga-command:stock/Reserve?timeout=30s");
        }
    }

    @BeforeEach
    void start() throws Exception {
        ring = new SagaRing(new Routes());
        ring.cluster.participants.actions(command -> action);
    }

    @AfterEach
    void close() {
        ring.assertNothingIsPending();
        ring.close();
    }

    @Test
    void answersAMessageThatComesAgainAsTheFirst() {
        Exchange first = ring.answer("direct:around", ORDER);
        Exchange again = ring.answer("direct:around", ORDER);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.saga().start().key()).isEqualTo("order-1");
        assertThat(again.getException()).isNull();
        assertThat(again.getIn().getBody()).isEqualTo(first.getIn().getBody()).isEqualTo("paid");
        assertThat(again.getProperty(SagaConstants.SAGA_STATUS)).isEqualTo("COMPLETED");
        assertThat(paid).hasSize(1);
        assertThat(behind).containsExactly("paid", "paid");
    }

    @Test
    void tellsAMessageThatComesAgainThatTheFirstFailed() {
        action = Action.IS_REJECTED;
        Exchange first = ring.answer("direct:order", ORDER);
        Exchange again = ring.answer("direct:order", ORDER);

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(first.getException()).isNotNull();
        assertThat(again.getException()).isNotNull();
        assertThat(paid).isEmpty();
    }

    @Test
    void refusesAnotherMessageWithTheSameKey() {
        ring.answer("direct:order", ORDER);

        Exchange other = ring.answer("direct:order", Map.of("orderId", "order-1", "amount", 6));

        assertThat(other.getException()).isInstanceOf(KeyTakenException.class);
        assertThat(ring.sagas()).hasSize(1);
    }

    @Test
    void hasOneSagaForEachKeyAndRoute() {
        Map<String, Object> key = Map.of(SagaConstants.SAGA_KEY, "A");
        ring.answer("direct:by-header", "x", key);
        ring.answer("direct:by-header", "x", key);
        ring.answer("direct:by-header", "x", Map.of(SagaConstants.SAGA_KEY, "B"));
        ring.answer("direct:by-header", "x");
        ring.answer("direct:by-header", "x");

        assertThat(ring.sagas()).hasSize(4);
        assertThat(paid).hasSize(4);
    }

    @Test
    void waitsForNothingWhereTheRouteLeavesTheSagaOpen() {
        Map<String, Object> key = Map.of(SagaConstants.SAGA_KEY, "A");
        ring.answer("direct:around-open", "x", key);

        Exchange again = ring.answer("direct:around-open", "x", key);

        SagaState saga = ring.saga();
        assertThat(saga.status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(again.getIn().getHeader(SagaConstants.SAGA_ID))
                .isEqualTo(saga.sagaId().value());
        assertThat(paid).hasSize(1);
        assertThat(behind).containsExactly("open", "open");
        ring.answer(
                "direct:done",
                "x",
                Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, saga.sagaId().value()));
    }

    /** The process dies between START and the end of the message, and the message is delivered again. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
    void startsOneSagaForAMessageThatComesAgainAfterACrash(int acts) throws Exception {
        ring.member.instance.dieAfter(acts);
        ring.send("direct:order", ORDER);
        ring.close();
        ring = ring.takenOver(new Routes());

        CompletableFuture<Exchange> again = ring.send("direct:order", ORDER);

        assertThat(again).isDone();
        assertThat(again.join().getException()).isNull();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(again.join().getIn().getBody()).isEqualTo("paid");
    }

    /** JMS delivers it again, and says so; nothing of the application has a key. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void startsOneSagaForAJmsMessageThatIsRedeliveredAfterTwoCrashes(int acts) throws Exception {
        for (int delivery = 1; delivery <= 3; delivery++) {
            ring.context.getPropertiesComponent().addOverrideProperty(StartKeyOf.SETTING, "message");
            if (delivery < 3) {
                ring.member.instance.dieAfter(acts);
            }
            ring.send(
                    "direct:by-header",
                    "x",
                    Map.of(
                            "JMSMessageID",
                            "ID:mq-1",
                            "JMSRedelivered",
                            delivery > 1,
                            "JMSXDeliveryCount",
                            delivery,
                            "JMSTimestamp",
                            1_767_225_600_000L));
            if (delivery < 3) {
                ring.member.instance.die();
                ring.close();
                ring = ring.takenOver(new Routes());
            }
        }

        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(ring.saga().start().key()).isEqualTo("ID:mq-1");
    }

    @Test
    void tellsWhoStartsItAgain() {
        SagaStarter starter = new SagaStarter(ring.context);
        List<StartedSaga> started = new ArrayList<>();
        for (int amount : new int[] {5, 5, 6}) {
            ring.world.as(
                    ring.member.instance,
                    () -> started.add(
                            starter.start("direct:by-header", Map.of("amount", amount), "order-1", Map.of())));
            ring.world.run();
        }

        assertThat(started.get(0).before().join()).isEmpty();
        assertThat(started.get(1).before().join()).contains(SagaStatus.COMPLETED);
        assertThat(started.get(1).accepted().join())
                .isEqualTo(started.get(0).accepted().join());
        assertThat(started.get(1).ended().join().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThatThrownBy(started.get(2).accepted()::join).hasRootCauseInstanceOf(KeyTakenException.class);
        assertThat(ring.sagas()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "xml  | <routes><route id='told'><from uri='direct:told'/><saga><option key='caravan.key'><simple>${body[orderId]}</simple></option><to uri='direct:pay'/></saga></route></routes>",
                "yaml | - route: {id: told, from: {uri: 'direct:told', steps: [{saga: {option: [{key: caravan.key, expression: {simple: '${body[orderId]}'}}], steps: [{to: 'direct:pay'}]}}]}}"
            })
    void takesTheKeyThatARouteFileSays(String notation, String text) throws Exception {
        PluginHelper.getRoutesLoader(ring.context)
                .loadRoutes(ResourceHelper.fromString("told." + notation.strip(), text.strip()));

        ring.answer("direct:told", ORDER);
        Exchange again = ring.answer("direct:told", ORDER);

        assertThat(again.getException()).isNull();
        assertThat(ring.saga().start().key()).isEqualTo("order-1");
        assertThat(paid).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "label, 2, 2",
        "unique, 1, 2",
        "message, 1, 1",
    })
    void hasASettingForWhatIsAKey(String setting, int withKey, int ofRecord) {
        ring.context.getPropertiesComponent().addOverrideProperty(StartKeyOf.SETTING, setting);
        Map<String, Object> key = Map.of(SagaConstants.SAGA_KEY, "A");
        ring.answer("direct:by-header", "x", key);
        ring.answer("direct:by-header", "x", key);
        assertThat(ring.sagas()).hasSize(withKey);

        Map<String, Object> place = Map.of("kafka.TOPIC", "orders", "kafka.PARTITION", 1, "kafka.OFFSET", 17L);
        ring.answer("direct:by-header", "x", place);
        ring.answer("direct:by-header", "x", place);
        assertThat(ring.sagas()).hasSize(withKey + ofRecord);
    }

    @ParameterizedTest
    @CsvSource({
        "JMSMessageID, ID:1, '', '', ID:1",
        "kafka.TOPIC, orders, kafka.PARTITION, kafka.OFFSET, orders-7-7",
        "CamelFileName, a.csv, CamelFileLength, CamelFileLastModified, a.csv-7-7",
        "Idempotency-Key, 8e03, '', '', 8e03",
    })
    void tellsMessagesApartByWhereTheyComeFrom(String header, String value, String second, String third, String key) {
        ring.context.getPropertiesComponent().addOverrideProperty(StartKeyOf.SETTING, "message");
        Map<String, Object> headers =
                second.isEmpty() ? Map.of(header, value) : Map.of(header, value, second, 7, third, 7L);

        ring.answer("direct:by-header", "x", headers);

        assertThat(ring.saga().start().key()).isEqualTo(key);
    }

    @Test
    void refusesASettingThatItDoesNotKnow() {
        ring.context.getPropertiesComponent().addOverrideProperty(StartKeyOf.SETTING, "always");

        assertThatThrownBy(() -> StepKinds.check(ring.context, true))
                .hasMessage("caravan.start-key is 'always'. Say label, unique or message");
    }
}
