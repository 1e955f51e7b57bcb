package dev.caravan.saga.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.SensitiveFields;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples are frozen: logs that were written with them exist. A new field gets a new sample beside the old one. */
class SagaLogCodecTest {

    private static final String SAMPLES = "/saga-log-samples";

    private final SagaLogCodec codec = new SagaLogCodec();

    static Stream<String> samples() throws IOException, URISyntaxException {
        Path directory = Path.of(SagaLogCodecTest.class
                        .getResource(SAMPLES + "/START.json")
                        .toURI())
                .getParent();
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString().replace(".json", "")).sorted().toList().stream();
        }
    }

    private static String sample(String type) {
        try (InputStream sample = SagaLogCodecTest.class.getResourceAsStream(SAMPLES + "/" + type + ".json")) {
            return new String(sample.readAllBytes(), UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void writesASampleByteForByteAsItWasRead(String type) {
        SagaLogEntry entry = decode(sample(type));

        assertThat(entry.event().type()).isEqualTo(type.replaceAll("\\..*", ""));
        assertThat(entry.event()).isNotInstanceOf(SagaEvent.Unknown.class);
        assertThat(encode(entry)).isEqualTo(sample(type));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsASampleInAnotherFormAsThisCodecsOwn(String type) {
        String anotherForm = "{\"version\":2," + sample(type).substring(1);

        assertThat(decode(anotherForm)).isEqualTo(decode(sample(type)));
    }

    /** With names of fields that are to be encrypted, entries are written by way of a tree. */
    @Property
    void writesAnyEntryAsByWayOfATree(@ForAll("logs") List<SagaLogEntry> log) {
        SagaLogCodec byTree = new SagaLogCodec(SensitiveFields.of(
                List.of("noSuchField"), List.of("2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), null));

        assertThat(log)
                .allSatisfy(entry -> assertThat(encode(entry)).isEqualTo(new String(byTree.encode(entry), UTF_8)));
    }

    @Provide
    Arbitrary<List<SagaLogEntry>> logs() {
        return Logs.any();
    }

    @Test
    void knowsEveryEvent() throws Exception {
        List<Class<?>> known = samples()
                .filter(type -> !type.contains("."))
                .<Class<?>>map(type -> decode(sample(type)).event().getClass())
                .toList();

        assertThat(known).containsExactlyInAnyOrderElementsOf(AllEvents.types());
    }

    @Test
    void hasAnEventForEachTransition() throws Exception {
        assertThat(samples()
                        .filter(type -> !type.contains("."))
                        .flatMap(type -> decode(sample(type)).event().transition().stream()))
                .containsExactlyInAnyOrder(Transition.values());
        assertThat(decode(sample("START")).event().transition()).contains(Transition.START);
        assertThat(decode(sample("COMPENSATE_RETRY")).event().transition()).isEmpty();
        assertThat(new SagaEvent.Unknown("START", JsonNodeFactory.instance.objectNode()).transition())
                .isEmpty();
    }

    @Test
    void readsTheEntryAroundTheEvent() {
        SagaLogEntry entry = decode(sample("SUCCESS"));

        assertThat(entry.sagaId()).isEqualTo(new SagaId("0_ffff7f000101_8f2b_65"));
        assertThat(entry.sequence()).isEqualTo(2);
        assertThat(entry.timestamp()).isEqualTo(Instant.parse("2026-01-31T09:30:00.122Z"));
    }

    @Test
    void readsTheFieldsOfAnEvent() {
        SagaEvent.Enlist enlist = (SagaEvent.Enlist) decode(sample("ENLIST")).event();

        assertThat(enlist.step()).isEqualTo(new Step("PROCESS_PAYMENT", 2));
        assertThat(enlist.compensation()).isEqualTo("direct:refund-payment");
        assertThat(enlist.completion()).isEqualTo("direct:capture-payment");
        assertThat(enlist.options()).isEqualTo(Map.of("orderId", "order-1", "amount", new BigDecimal("24.95")));
    }

    @Test
    void leavesOutWhatIsNotThere() {
        SagaLogEntry entry = entry(new SagaEvent.Fail(null, "The route asked for it"));

        assertThat(encode(entry))
                .isEqualTo("{\"sagaId\":\"s-1\",\"sequence\":0,\"timestamp\":\"2026-01-01T00:00:00Z\","
                        + "\"event\":{\"type\":\"FAIL\",\"reason\":\"The route asked for it\"}}");
        assertThat(decode(encode(entry))).isEqualTo(entry);
    }

    @Test
    void hasNoOptionsAndNoHeadersWhereNoneAreWritten() {
        SagaEvent.Enlist enlist = (SagaEvent.Enlist)
                decode(line("{\"type\":\"ENLIST\",\"step\":\"PAY\"}")).event();
        SagaEvent.Start start = (SagaEvent.Start)
                decode(line("{\"type\":\"START\",\"name\":\"order-saga\"}")).event();

        assertThat(enlist.options()).isEmpty();
        assertThat(start.headers()).isEmpty();
    }

    @Test
    void keepsTheScaleOfDecimals() {
        SagaLogEntry entry = entry(new SagaEvent.Success(
                new Step("PAY", 1), "Pay", JsonNodeFactory.instance.numberNode(new BigDecimal("10.00"))));

        SagaEvent.Success read = (SagaEvent.Success) decode(encode(entry)).event();

        assertThat(read.result().decimalValue()).isEqualTo(new BigDecimal("10.00"));
    }

    @Test
    void keepsAnOptionThatIsNull() {
        Map<String, Object> options = new HashMap<>();
        options.put("voucher", null);
        SagaLogEntry entry = entry(new SagaEvent.Enlist(new Step("PAY", 1), null, null, options));

        assertThat(decode(encode(entry))).isEqualTo(entry);
    }

    @Test
    void writesAnEventOfAnUnknownTypeBackAsItWas() {
        String text = line("{\"type\":\"PAUSED\",\"until\":1.50,\"by\":{\"who\":\"ann\"}}");

        SagaLogEntry entry = decode(text);

        assertThat(entry.event().type()).isEqualTo("PAUSED");
        assertThat(entry.event()).isInstanceOf(SagaEvent.Unknown.class);
        assertThat(encode(entry)).isEqualTo(text);
    }

    @Test
    void givesAwayACopyOfAnUnknownEvent() {
        String text = line("{\"type\":\"PAUSED\",\"body\":\"secret\"}");
        SagaLogEntry entry = decode(text);

        ObjectNode shown = codec.encode(entry.event());
        shown.remove("body");

        assertThat(encode(entry)).isEqualTo(text);
    }

    @Test
    void ignoresUnknownFields() {
        String text = "{\"version\":2,\"sagaId\":\"s-1\",\"sequence\":0,\"timestamp\":\"2026-01-01T00:00:00Z\","
                + "\"event\":{\"type\":\"COMPENSATE_SUCCESS\",\"step\":\"PAY\",\"took\":{\"ms\":12}}}";

        assertThat(decode(text)).isEqualTo(entry(new SagaEvent.CompensateSuccess(new Step("PAY", 1))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|Field 'sagaId' of an entry of the saga log is missing",
                "{\"sagaId\":7}|Field 'sagaId' of an entry of the saga log is number",
                "{\"sagaId\":\"a b\"}|Not a saga id: 'a b'",
                "{\"sagaId\":\"s-1\"}|Field 'sequence' of an entry of the saga log is missing",
                "{\"sagaId\":\"s-1\",\"sequence\":\"1\"}|Field 'sequence' of an entry of the saga log is string",
                "{\"sagaId\":\"s-1\",\"sequence\":1.5}|Field 'sequence' of an entry of the saga log is number",
                "{\"sagaId\":\"s-1\",\"sequence\":1}|Field 'timestamp' of an entry of the saga log is missing",
                "{\"sagaId\":\"s-1\",\"sequence\":1,\"timestamp\":\"today\"}|'today' could not be parsed",
            })
    void namesTheFieldOfTheEntryThatIsWrong(String text, String problem) {
        assertThatThrownBy(() -> decode(text))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"START\"|Field 'event' of an entry of the saga log is string",
                "null|Field 'event' of an entry of the saga log is null",
                "{}|Field 'type' of an entry of the saga log is missing",
                "{\"type\":1}|Field 'type' of an entry of the saga log is number",
                "{\"type\":\"ENLIST\"}|property 'step'",
                "{\"type\":\"ENLIST\",\"step\":null}|Invalid `null` value",
                "{\"type\":\"SUCCESS\",\"command\":\"Pay\"}|property 'step'",
                "{\"type\":\"SUCCESS\",\"step\":\"PAY\"}|property 'command'",
                "{\"type\":\"COMPENSATE_SUCCESS\",\"step\":\"pay\"}|Not a step: 'pay'",
                "{\"type\":\"START\"}|property 'name'",
                "{\"type\":\"START\",\"name\":null}|name",
                "{\"type\":\"SUCCESS\",\"step\":\"PAY\",\"command\":null}|command",
                "{\"type\":\"LIMIT\",\"deadline\":null}|deadline",
                "{\"type\":\"CALL\",\"step\":\"PAY\",\"phase\":null}|phase",
                "{\"type\":\"REFUSE\",\"request\":null}|request",
                "{\"type\":\"SNAPSHOT\",\"state\":null}|Invalid `null` value",
                "{\"type\":\"SNAPSHOT\",\"state\":{}}|is that of saga null",
                "{\"type\":\"SNAPSHOT\",\"state\":{\"sagaId\":\"s-2\"}}|is that of saga s-2",
                "{\"type\":\"SNAPSHOT\",\"state\":{\"sagaId\":\"s-1\",\"status\":\"INITIAL\"}}|has the status INITIAL",
                "{\"type\":\"REQUEST\",\"id\":\"1\",\"application\":\"a\",\"event\":{\"type\":\"SNAPSHOT\"}}|state",
                "{\"type\":\"STEP_TIMEOUT\",\"step\":\"PAY\",\"timeoutMillis\":\"soon\"}|timeoutMillis",
            })
    void namesTheFieldOfTheEventThatIsWrong(String event, String problem) {
        assertThatThrownBy(() -> decode(line(event)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "\"sequence\":0, \"sequence\":9007199254740993",
        "\"sequence\":0, \"sequence\":18446744073709551621",
        "\"sequence\":0, '\"sequence\":0,\"epoch\":-1'",
        "\"sequence\":0, '\"sequence\":0,\"epoch\":\"2\"'",
        "\"sequence\":0, '\"sequence\":0,\"epoch\":2147483647'",
        "2026-01-01T00:00:00Z, 1969-12-31T23:59:59Z",
        "2026-01-01T00:00:00Z, +999999999-12-31T23:59:59Z"
    })
    void refusesNumbersAndTimesThatNobodyCanCountWith(String good, String bad) {
        assertThatThrownBy(() -> decode(line("{\"type\":\"CLOSE\"}").replace(good, bad)))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesACarriedStateOfWhichAPartIsMissing() {
        String whole = sample("SNAPSHOT");
        for (String part : List.of("start", "steps", "startedAt", "enlistment", "results")) {
            assertThatThrownBy(() -> decode(whole.replace("\"" + part + "\":", "\"other\":")))
                    .as(part)
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @Test
    void saysOnOneLineAndInShortWhatIsWrong() {
        String text = line("{\"type\":\"CLOSE\"}").replace("s-1", "a\\n" + "b".repeat(10_000));

        assertThatThrownBy(() -> decode(text))
                .isInstanceOf(MalformedMessageException.class)
                .satisfies(failure ->
                        assertThat(failure.getMessage()).doesNotContain("\n").hasSizeLessThan(600));
    }

    @Test
    void refusesASequenceBelowZero() {
        assertThatThrownBy(() -> decode(line("{\"type\":\"CLOSE\"}").replace("\"sequence\":0", "\"sequence\":-1")))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Not an entry of a saga log: A sequence starts at 0, not at -1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "[]", "\"text\"", "{\"sagaId\":", "null"})
    void refusesWhatIsNoObject(String text) {
        assertThatThrownBy(() -> decode(text)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesMoreThanOneObject() {
        assertThatThrownBy(() -> decode(sample("CLOSE") + sample("COMPLETE")))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesARecordWithoutAValue() {
        assertThatThrownBy(() -> codec.decode(null)).isInstanceOf(MalformedMessageException.class);
    }

    private static String line(String event) {
        return "{\"sagaId\":\"s-1\",\"sequence\":0,\"timestamp\":\"2026-01-01T00:00:00Z\",\"event\":" + event + "}";
    }

    private static SagaLogEntry entry(SagaEvent event) {
        return new SagaLogEntry(new SagaId("s-1"), 0, Instant.parse("2026-01-01T00:00:00Z"), event);
    }

    private String encode(SagaLogEntry entry) {
        return new String(codec.encode(entry), UTF_8);
    }

    private SagaLogEntry decode(String text) {
        return codec.decode(text.getBytes(UTF_8));
    }
}
