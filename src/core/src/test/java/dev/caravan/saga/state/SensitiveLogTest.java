package dev.caravan.saga.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SensitiveFields;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sensitive fields are encrypted wherever an entry has what is the application's. */
class SensitiveLogTest {

    private static final String SECRET = "DE89370400440532013000";
    private static final SagaId SAGA = new SagaId("s-1");
    private static final Step PAY = new Step("PAY", 1);
    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");

    private final SagaLogCodec codec = new SagaLogCodec(SensitiveFields.of(
            List.of("iban", "step"), List.of("2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), null));

    private static ObjectNode payload() {
        ObjectNode payload = JsonNodeFactory.instance.objectNode().put("orderId", "o-1");
        payload.putObject("customer").put("iban", SECRET);
        return payload;
    }

    static Stream<SagaEvent> events() {
        SagaEvent.Start start =
                new SagaEvent.Start("order", null, "o-1", payload(), Map.of("iban", SECRET, "vip", true));
        SagaEvent.Enlist enlist =
                new SagaEvent.Enlist(PAY, "direct:undo", null, Map.of("iban", SECRET, "orderId", "o-1"));
        SagaEvent.Success success = new SagaEvent.Success(PAY, "Pay", payload());
        SagaState state = SagaState.replay(
                SAGA,
                List.of(
                        new SagaLogEntry(SAGA, 0, AT, start),
                        new SagaLogEntry(SAGA, 1, AT, enlist),
                        new SagaLogEntry(SAGA, 2, AT, success)));
        return Stream.of(
                start,
                enlist,
                success,
                new SagaEvent.Snapshot(state),
                new SagaEvent.Request("r-1", "shipping", enlist),
                new SagaEvent.Request("r-2", "shipping", success));
    }

    @ParameterizedTest
    @MethodSource("events")
    void hasThemEncryptedAndGivesThemAsTheyWere(SagaEvent event) {
        SagaLogEntry entry = new SagaLogEntry(SAGA, 3, AT, event);

        byte[] written = codec.encode(entry);

        assertThat(new String(written, UTF_8)).contains("enc:v1:2026:").doesNotContain(SECRET);
        assertThat(codec.decode(written)).isEqualTo(entry);
        assertThat(codec.decode(new SagaLogCodec().encode(entry))).isEqualTo(entry);
    }

    /** A field of an event may be called like one of a payload. */
    @Test
    void leavesWhatIsNotTheApplicationsAsItIs() {
        SagaLogEntry entry = new SagaLogEntry(SAGA, 3, AT, new SagaEvent.StepRejected(PAY, "Pay", "NO", "declined"));

        assertThat(codec.encode(entry)).isEqualTo(new SagaLogCodec().encode(entry));
    }

    /** An instance that lacks a key skips no entry: all readers see the same saga. */
    @ParameterizedTest
    @MethodSource("events")
    void isReadWithoutTheKeyToo(SagaEvent event) {
        SagaLogCodec other = new SagaLogCodec(SensitiveFields.of(
                List.of("iban"), List.of("2027:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="), null));
        byte[] written = codec.encode(new SagaLogEntry(SAGA, 3, AT, event));

        SagaLogEntry read = other.decode(written);

        assertThat(read.event().type()).isEqualTo(event.type());
        assertThat(codec.decode(other.encode(read)).event()).isEqualTo(event);
    }
}
