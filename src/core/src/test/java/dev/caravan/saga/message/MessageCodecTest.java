package dev.caravan.saga.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire format is frozen: participants in other languages read and write it. */
class MessageCodecTest {

    private static final SagaId SAGA = new SagaId("s-1");
    private static final Step PAY = new Step("PROCESS_PAYMENT", 1);

    private static final String COMMAND =
            "{\"sagaId\":\"s-1\",\"step\":\"PROCESS_PAYMENT#2\",\"service\":\"payment-service\","
                    + "\"command\":\"ProcessPayment\",\"data\":{\"orderId\":\"주문-1\",\"amount\":10.00}}";
    private static final String SUCCESS =
            "{\"sagaId\":\"s-1\",\"step\":\"PROCESS_PAYMENT\",\"command\":\"ProcessPayment\",\"status\":\"SUCCESS\","
                    + "\"result\":{\"paymentId\":\"p-1\",\"amount\":10.00}}";
    private static final String REJECTED =
            "{\"sagaId\":\"s-1\",\"step\":\"PROCESS_PAYMENT\",\"command\":\"ProcessPayment\",\"status\":\"FAILED\","
                    + "\"error\":\"The card was declined\",\"code\":\"CARD_DECLINED\"}";
    private static final String UNKNOWN =
            "{\"sagaId\":\"s-1\",\"step\":\"PROCESS_PAYMENT\",\"command\":\"ProcessPayment\",\"status\":\"FAILED\","
                    + "\"error\":\"Connection reset\",\"outcome\":\"UNKNOWN\"}";

    private final MessageCodec codec = new MessageCodec();

    @ParameterizedTest
    @EnumSource(Phase.class)
    void writesACommandByteForByteAsItWasRead(Phase phase) {
        SagaCommand command = codec.decodeCommand(COMMAND.getBytes(UTF_8), phase);

        assertThat(command.sagaId()).isEqualTo(SAGA);
        assertThat(command.step()).isEqualTo(new Step("PROCESS_PAYMENT", 2));
        assertThat(command.service()).isEqualTo("payment-service");
        assertThat(command.command()).isEqualTo("ProcessPayment");
        assertThat(command.data().get("orderId").textValue()).isEqualTo("주문-1");
        assertThat(command.phase()).isEqualTo(phase);
        assertThat(codec.encode(command)).asString(UTF_8).isEqualTo(COMMAND);
    }

    @ParameterizedTest
    @ValueSource(strings = {SUCCESS, REJECTED, UNKNOWN})
    void writesAReplyByteForByteAsItWasRead(String text) {
        assertThat(codec.encode(reply(text))).asString(UTF_8).isEqualTo(text);
    }

    @Test
    void readsASuccess() {
        SagaReply reply = reply(SUCCESS);

        assertThat(reply).isEqualTo(SagaReply.success(command(), reply.result()));
        assertThat(reply.result().get("paymentId").textValue()).isEqualTo("p-1");
        assertThat(reply.isRejection()).isFalse();
    }

    @Test
    void readsARejection() {
        SagaReply reply = reply(REJECTED);

        assertThat(reply).isEqualTo(SagaReply.rejected(command(), "CARD_DECLINED", "The card was declined"));
        assertThat(reply.isRejection()).isTrue();
    }

    @Test
    void readsAnUnknownOutcome() {
        SagaReply reply = reply(UNKNOWN);

        assertThat(reply).isEqualTo(SagaReply.unknown(command(), "Connection reset"));
        assertThat(reply.isRejection()).isFalse();
    }

    @Test
    void readsTheShortestReply() {
        SagaReply reply = reply("{\"sagaId\":\"s-1\",\"step\":\"PROCESS_PAYMENT\",\"status\":\"SUCCESS\"}");

        assertThat(reply).isEqualTo(new SagaReply(SAGA, PAY, null, SagaReply.Status.SUCCESS, null, null, null, null));
    }

    @Test
    void readsFieldsThatAreNullAsAbsent() {
        SagaReply reply =
                reply("{\"sagaId\":\"s-1\",\"step\":\"PROCESS_PAYMENT\",\"status\":\"FAILED\",\"command\":null,"
                        + "\"result\":null,\"error\":null,\"code\":null,\"outcome\":null}");

        assertThat(reply).isEqualTo(new SagaReply(SAGA, PAY, null, SagaReply.Status.FAILED, null, null, null, null));
        assertThat(codec.decodeCommand(
                                COMMAND.replaceAll("\\{\"orderId.*?\\}", "null").getBytes(UTF_8), Phase.ACTION)
                        .data())
                .isNull();
    }

    @Test
    void leavesOutTheDataOfACommandThatHasNone() {
        SagaCommand command = new SagaCommand(SAGA, PAY, "payment-service", "ProcessPayment", null, Phase.ACTION);

        assertThat(codec.encode(command))
                .asString(UTF_8)
                .isEqualTo("{\"sagaId\":\"s-1\",\"step\":\"PROCESS_PAYMENT\",\"service\":\"payment-service\","
                        + "\"command\":\"ProcessPayment\"}");
    }

    @Test
    void takesAnErrorThatIsAnObjectAsItsText() {
        SagaReply reply = reply("{\"sagaId\":\"s-1\",\"step\":\"PROCESS_PAYMENT\",\"status\":\"FAILED\","
                + "\"error\":{\"code\":51,\"text\":\"declined\"}}");

        assertThat(reply.error()).isEqualTo("{\"code\":51,\"text\":\"declined\"}");
    }

    @Test
    void ignoresUnknownFields() {
        assertThat(reply(SUCCESS.replace("{\"sagaId\"", "{\"traceId\":\"t-1\",\"sagaId\"")))
                .isEqualTo(reply(SUCCESS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.00", "0.10", "100", "1234567890123456789012345678.90", "-0.0"})
    void keepsTheScaleOfDecimals(String amount) {
        JsonNode data = JsonNodeFactory.instance.numberNode(new BigDecimal(amount));
        SagaCommand command = new SagaCommand(SAGA, PAY, "payment-service", "Pay", data, Phase.ACTION);

        SagaCommand read = codec.decodeCommand(codec.encode(command), Phase.ACTION);

        assertThat(read.data().decimalValue()).isEqualTo(new BigDecimal(amount));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sagaId", "step", "service", "command"})
    void namesTheFieldThatACommandLacks(String field) {
        String without = COMMAND.replaceFirst("\"" + field + "\":\"[^\"]*\",", "");

        assertThatThrownBy(() -> codec.decodeCommand(without.getBytes(UTF_8), Phase.ACTION))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Field '%s' is missing. Expected text", field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"step\":\"PAY\",\"status\":\"SUCCESS\"}|Field 'sagaId' is missing. Expected text",
                "{\"sagaId\":\"s-1\",\"status\":\"SUCCESS\"}|Field 'step' is missing. Expected text",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\"}|Field 'status' is missing. Expected text",
                "{\"sagaId\":\" \",\"step\":\"PAY\"}|Field 'sagaId' is missing. Expected text",
                "{\"sagaId\":7,\"step\":\"PAY\"}|Field 'sagaId' is NUMBER. Expected text",
                "{\"sagaId\":\"s/1\",\"step\":\"PAY\"}|Not a saga id: 's/1'",
                "{\"sagaId\":\"s-1\",\"step\":\"pay\"}|Not a step: 'pay'",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"OK\"}|Field 'status' is 'OK'. Expected one of [SUCCESS, FAILED]",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":true}|Field 'status' is BOOLEAN. Expected text",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"FAILED\",\"outcome\":\"MAYBE\"}|Field 'outcome' is 'MAYBE'. Expected one of [UNKNOWN]",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"FAILED\",\"command\":{}}|Field 'command' is OBJECT. Expected text",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"FAILED\",\"code\":51}|Field 'code' is NUMBER. Expected text",
            })
    void namesTheFieldOfAReplyThatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> reply(text))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"text\"", "7"})
    void refusesWhatIsNoObject(String text) {
        assertThatThrownBy(() -> reply(text))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Expected a JSON object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "{\"sagaId\":", SUCCESS + "}", SUCCESS + SUCCESS})
    void refusesWhatIsNoJson(String text) {
        assertThatThrownBy(() -> reply(text))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("Not JSON: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e200000000", "1E-200000000", "-1.5e+00001000", "[{\"deep\":1e1000}]"})
    void refusesANumberThatIsShortToSendAndLongToComputeWith(String number) {
        assertThatThrownBy(() -> reply(SUCCESS.replace("{\"sagaId\"", "{\"total\":" + number + ",\"sagaId\"")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("exponent");
    }

    @Test
    void refusesANumberOfVeryManyDigits() {
        assertThatThrownBy(() -> reply("{\"total\":" + "7".repeat(1001) + "}"))
                .isInstanceOf(MalformedMessageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.7976931348623157e308", "4.9e-324", "1e+0000000000000000000003", "12.50"})
    void takesEveryNumberThatProgramsCountWith(String number) {
        String reply = "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"SUCCESS\",\"result\":" + number + "}";

        assertThat(reply(reply).result().decimalValue()).isEqualTo(new BigDecimal(number));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sagaId\":\"s-1\",\"sagaId\":\"s-2\",\"step\":\"PAY\",\"status\":\"SUCCESS\"}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"SUCCESS\",\"result\":{\"a\":1,\"\\u0061\":2}}"
            })
    void refusesAKeyThatIsThereTwice(String text) {
        assertThatThrownBy(() -> reply(text))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("Duplicate field");
    }

    @Test
    void saysWhatIsWrongWithoutRepeatingOrdersToATerminal() {
        assertThatThrownBy(() -> reply("{\"sagaId\":\"\u009b2J\\n\",\"step\":\"PAY\",\"status\":\"SUCCESS\"}"))
                .hasMessageStartingWith("Not a saga id: '\\u009b2J\\u000a'");
        assertThatThrownBy(() -> reply("{\"sagaId\":x\u0080}"))
                .hasMessageMatching("\\P{Cntrl}*")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u0080"));
    }

    @Test
    void refusesARecordWithoutAValue() {
        assertThatThrownBy(() -> codec.decodeReply(null))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("The record has no value. Expected a JSON object");
    }

    private static SagaCommand command() {
        return new SagaCommand(SAGA, PAY, "payment-service", "ProcessPayment", null, Phase.ACTION);
    }

    private SagaReply reply(String text) {
        return codec.decodeReply(text.getBytes(UTF_8));
    }
}
