package dev.caravan.saga.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.state.AllEvents;
import dev.caravan.saga.state.SagaLogCodec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The schemas in src/docs/schema, the samples in src/docs/contract.md and the codecs say the same. */
class ContractTest {

    private static final String COMMAND = "saga-command";
    private static final String REPLY = "saga-reply";
    private static final String LOG_ENTRY = "saga-log-entry";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private final MessageCodec messages = new MessageCodec();
    private final SagaLogCodec log = new SagaLogCodec();

    private static JsonSchema schema(String name) {
        return SCHEMAS.getSchema(Repository.text("src/docs/schema/" + name + ".schema.json"));
    }

    private static Set<ValidationMessage> violations(String schema, byte[] message) {
        return violations(schema, new String(message, UTF_8));
    }

    private static Set<ValidationMessage> violations(String schema, String message) {
        return schema(schema).validate(json(message));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not JSON: " + text, e);
        }
    }

    private static List<String> samples(String schema) {
        return Repository.find(
                Pattern.compile("```json " + schema + "\n(.*?)```", Pattern.DOTALL),
                Repository.text("src/docs/contract.md"));
    }

    /** Node.js reads the same sample, see NodeShippingIT. */
    @Test
    void encryptsAsThePageSays() {
        SensitiveFields sensitive = SensitiveFields.of(
                List.of(),
                Repository.find(Pattern.compile("With the key `(\\w+)`"), Repository.text("src/docs/contract.md"))
                        .stream()
                        .map(id -> id + ":AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
                        .toList(),
                null);

        assertThat(samples("sensitive-sealed")).hasSize(1).allSatisfy(sample -> assertThat(
                        sensitive.openAll(json(sample)))
                .isEqualTo(json(samples("sensitive-plain").get(0))));
    }

    static List<String> commands() {
        return samples(COMMAND);
    }

    static List<String> replies() {
        return samples(REPLY);
    }

    static List<String> entries() {
        return samples(LOG_ENTRY);
    }

    static Stream<Path> frozenEntries() {
        return Repository.files(path -> path.startsWith("src/core/src/test/resources/saga-log-samples/")).stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theCommandsOfThePageAreSo(String sample) {
        assertThat(violations(COMMAND, sample)).isEmpty();

        SagaCommand command = messages.decodeCommand(sample.getBytes(UTF_8), Phase.ACTION);
        assertThat(json(new String(messages.encode(command), UTF_8))).isEqualTo(json(sample));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void theRepliesOfThePageAreSo(String sample) {
        assertThat(violations(REPLY, sample)).isEmpty();

        SagaReply reply = messages.decodeReply(sample.getBytes(UTF_8));
        assertThat(json(new String(messages.encode(reply), UTF_8))).isEqualTo(json(sample));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void theEntriesOfThePageAreSo(String sample) {
        assertThat(violations(LOG_ENTRY, sample)).isEmpty();
        assertThat(json(new String(log.encode(log.decode(sample.getBytes(UTF_8))), UTF_8)))
                .isEqualTo(json(sample));
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void commandsAreWrittenAsTheSchemaSays(Phase phase) {
        Step step = new Step("PROCESS_PAYMENT", 2);
        JsonNode data = json("{\"orderId\":\"order-1\",\"total\":49.90}");

        assertThat(violations(COMMAND, messages.encode(command(step, data, phase))))
                .isEmpty();
        assertThat(violations(COMMAND, messages.encode(command(step, null, phase))))
                .isEmpty();
    }

    @Test
    void repliesAreWrittenAsTheSchemaSays() {
        SagaCommand command = command(new Step("PROCESS_PAYMENT", 1), null, Phase.ACTION);

        assertThat(Stream.of(
                        SagaReply.success(command, json("{\"paymentId\":\"p-1\"}")),
                        SagaReply.success(command, json("7")),
                        SagaReply.success(command, null),
                        SagaReply.rejected(command, "CARD_DECLINED", "The card was declined"),
                        SagaReply.unknown(command, "Connection reset")))
                .allSatisfy(reply ->
                        assertThat(violations(REPLY, messages.encode(reply))).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("frozenEntries")
    void entriesOfTheLogAreWrittenAsTheSchemaSays(Path sample) {
        assertThat(violations(LOG_ENTRY, Repository.text(sample))).isEmpty();
    }

    /** An event that the schema lacks is missing in src/docs/schema/saga-log-entry.schema.json. */
    @Test
    void theSchemaOfTheLogKnowsEveryEvent() {
        Set<String> known = new TreeSet<>();
        schema(LOG_ENTRY)
                .getSchemaNode()
                .at("/properties/event/allOf")
                .forEach(one -> known.add(one.at("/if/properties/type/const").textValue()));
        Set<String> events = new TreeSet<>();
        frozenEntries()
                .forEach(sample -> events.add(log.decode(Repository.text(sample).getBytes(UTF_8))
                        .event()
                        .type()));

        assertThat(known).isEqualTo(events).hasSize(AllEvents.types().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"step\":\"PAY\",\"service\":\"s\",\"command\":\"Pay\"}",
                "{\"sagaId\":\"s/1\",\"step\":\"PAY\",\"service\":\"s\",\"command\":\"Pay\"}",
                "{\"sagaId\":\"s-1\",\"step\":\"pay\",\"service\":\"s\",\"command\":\"Pay\"}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY#0\",\"service\":\"s\",\"command\":\"Pay\"}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"service\":\" \",\"command\":\"Pay\"}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"service\":\"s\",\"command\":7}",
                "[]",
            })
    void schemaAndCodecRefuseTheSameCommands(String command) {
        assertThat(violations(COMMAND, command)).isNotEmpty();
        assertThatThrownBy(() -> messages.decodeCommand(command.getBytes(UTF_8), Phase.ACTION))
                .isInstanceOf(MalformedMessageException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\"}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"OK\"}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"FAILED\",\"outcome\":\"MAYBE\"}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"FAILED\",\"command\":{}}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"FAILED\",\"code\":51}",
                "{\"sagaId\":null,\"step\":\"PAY\",\"status\":\"FAILED\"}",
            })
    void schemaAndCodecRefuseTheSameReplies(String reply) {
        assertThat(violations(REPLY, reply)).isNotEmpty();
        assertThatThrownBy(() -> messages.decodeReply(reply.getBytes(UTF_8)))
                .isInstanceOf(MalformedMessageException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"SUCCESS\",\"command\":null,\"result\":null}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY\",\"status\":\"SUCCESS\",\"took\":{\"ms\":12}}",
                "{\"sagaId\":\"s-1\",\"step\":\"PAY#2\",\"status\":\"FAILED\",\"error\":{\"why\":\"no\"},\"outcome\":null}",
            })
    void schemaAndCodecTakeTheSameReplies(String reply) {
        assertThat(violations(REPLY, reply)).isEmpty();
        assertThat(messages.decodeReply(reply.getBytes(UTF_8)).sagaId()).isEqualTo(new SagaId("s-1"));
    }

    private static SagaCommand command(Step step, JsonNode data, Phase phase) {
        return new SagaCommand(new SagaId("s-1"), step, "payment-service", "ProcessPayment", data, phase);
    }
}
