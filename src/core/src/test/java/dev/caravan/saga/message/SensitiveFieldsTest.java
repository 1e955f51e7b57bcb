package dev.caravan.saga.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SensitiveFieldsTest {

    private static final String OLD = "2025:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String NEW = "2026:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    private static final String ORDER = """
            {"iban":"DE89 1","total":12.50,"customer":{"name":"Ann","age":30},"name":"order 5","none":null,
             "lines":[{"serial":"S-1"},{"serial":["S-2",3]}],"pin":{"value":1234}}""";

    private final SensitiveFields sensitive =
            SensitiveFields.of(List.of("iban", " customer.name", "serial", "pin", "none"), List.of(OLD), null);

    private static JsonNode json(String text) {
        try {
            return new MessageCodec().json().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void areUnreadableWithoutTheKeyAndAsTheyWereWithIt() {
        JsonNode order = json(ORDER);

        JsonNode sealed = sensitive.seal(order);

        assertThat(sealed.toString()).doesNotContain("DE89", "Ann", "S-1", "S-2", "1234");
        assertThat(sealed.path("iban").textValue()).startsWith("enc:v1:2025:");
        assertThat(sealed.path("customer").path("age").intValue()).isEqualTo(30);
        assertThat(sealed.path("name").textValue()).isEqualTo("order 5");
        assertThat(sealed.path("none").isNull()).isTrue();
        assertThat(sensitive.openAll(sealed)).isEqualTo(order).isEqualTo(json(ORDER));
        assertThat(sensitive.open(sealed).toString()).isEqualTo(json(ORDER).toString());
    }

    @Test
    void lookDifferentEachTime() {
        assertThat(sensitive.seal(json(ORDER)).path("iban"))
                .isNotEqualTo(sensitive.seal(json(ORDER)).path("iban"));
    }

    @Test
    void areMaskedWhateverTheyAre() {
        assertThat(sensitive.mask(json(ORDER)).toString())
                .isEqualTo("{\"iban\":\"***\",\"total\":12.50,\"customer\":{\"name\":\"***\",\"age\":30},"
                        + "\"name\":\"order 5\",\"none\":null,\"lines\":[{\"serial\":\"***\"},{\"serial\":\"***\"}],"
                        + "\"pin\":\"***\"}");
    }

    @Test
    void areEncryptedWithTheNewestKeyAndDecryptedWithAll() {
        SensitiveFields rotated = SensitiveFields.of(List.of("iban"), List.of(NEW, OLD), null);

        assertThat(rotated.openAll(sensitive.seal(json(ORDER)))).isEqualTo(json(ORDER));
        assertThat(rotated.seal(json(ORDER)).path("iban").textValue()).startsWith("enc:v1:2026:");
    }

    @Test
    void arePassedOnAsTheyAreWhenTheirKeyIsGone() {
        SensitiveFields later = SensitiveFields.of(List.of("iban"), List.of(NEW), null);
        JsonNode sealed = sensitive.seal(json(ORDER));

        assertThat(later.open(sealed)).isEqualTo(sealed);
        assertThat(later.seal(later.open(sealed)).path("iban")).isEqualTo(sealed.path("iban"));
        assertThat(sensitive.openAll(later.seal(later.open(sealed)))).isEqualTo(json(ORDER));
        assertThatThrownBy(() -> later.openAll(sealed))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("Field 'iban' is encrypted and cannot be decrypted:"
                        + " its key 2025 is not in caravan.sensitive-keys");
    }

    @Test
    void cannotBePassedOffAsAnotherFieldNorAltered() {
        String sealed =
                sensitive.seal(json("{\"serial\":\"S-1\"}")).path("serial").textValue();
        String altered = sealed.substring(0, sealed.length() - 5) + (sealed.endsWith("AAAAA") ? "BBBBB" : "AAAAA");

        for (String forged : List.of("{\"iban\":\"" + sealed + "\"}", "{\"serial\":\"" + altered + "\"}")) {
            assertThat(sensitive.open(json(forged))).isEqualTo(json(forged));
            assertThatThrownBy(() -> sensitive.openAll(json(forged)))
                    .isInstanceOf(MalformedMessageException.class)
                    .hasMessageContaining("it was altered, or made for another field");
        }
    }

    /** A customer may write anything into a field. */
    @Test
    void areAsTheyWereAlsoWhenTheyLookEncrypted() {
        JsonNode cunning =
                json("{\"iban\":\"" + sensitive.seal(json(ORDER)).path("iban").textValue() + "\"}");

        assertThat(sensitive.openAll(sensitive.seal(cunning))).isEqualTo(cunning);
        JsonNode comment = json("{\"comment\":\"enc:v1:2025:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}");
        assertThat(sensitive.openAll(sensitive.seal(comment))).isEqualTo(comment);
    }

    @Test
    void areStillReadWhenTheListIsEmptyAndTheKeysAreLeft() {
        SensitiveFields off = SensitiveFields.of(List.of(), List.of(OLD), null);

        assertThat(off.openAll(sensitive.seal(json(ORDER)))).isEqualTo(json(ORDER));
        assertThat(off.seal(json(ORDER))).isEqualTo(json(ORDER));
    }

    @Test
    void areNoneUnlessTheyAreNamed() {
        SensitiveFields none = SensitiveFields.of(List.of(), List.of(), null);

        assertThat(none.isOff()).isTrue();
        assertThat(none.seal(json(ORDER))).isEqualTo(json(ORDER));
        assertThat(none.mask(json(ORDER))).isEqualTo(json(ORDER));
    }

    @Test
    void needAKey() {
        assertThatThrownBy(() -> SensitiveFields.of(List.of("iban"), List.of(" "), ""))
                .hasMessage(
                        "caravan.sensitive-fields names [iban], and there is no key to encrypt them with: set"
                                + " caravan.sensitive-keys, as id:key with the newest first; `openssl rand -base64 32` makes a key");
    }

    @ParameterizedTest
    @CsvSource({
        "c2hvcnQ, is not of the form id:key",
        "2026:c2hvcnQ=, 'has a key of 5 bytes; it needs 32, or 16'",
        "2026:geheim!, has a key that is no base64",
    })
    void refuseAKeyThatIsNoneAndDoNotRepeatIt(String key, String why) {
        assertThatThrownBy(() -> SensitiveFields.of(List.of("iban"), List.of(OLD, key), null))
                .hasMessage("Entry 2 of caravan.sensitive-keys " + why)
                .hasMessageNotContaining("geheim");
    }

    @Test
    void refuseTwoKeysOfOneId() {
        assertThatThrownBy(() -> SensitiveFields.of(List.of("iban"), List.of(OLD, OLD), null))
                .hasMessage("Entry 2 of caravan.sensitive-keys has the id 2025 of another one");
    }

    @Test
    void haveTheirKeysInAFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("keys"), NEW + "\n" + OLD + "\n\n");
        SensitiveFields fromFile = SensitiveFields.of(List.of("iban"), List.of(), file.toString());

        assertThat(fromFile.seal(json(ORDER)).path("iban").textValue()).startsWith("enc:v1:2026:");
        assertThat(fromFile.openAll(sensitive.seal(json(ORDER)))).isEqualTo(json(ORDER));
        assertThatThrownBy(() -> SensitiveFields.of(List.of("iban"), List.of(), file + "-gone"))
                .hasMessageStartingWith("The keys of caravan.sensitive-keys-file cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACTION", "COMPENSATION"})
    void areEncryptedInCommandsAndReplies(Phase phase) {
        MessageCodec codec = new MessageCodec(sensitive);
        SagaCommand command =
                new SagaCommand(new SagaId("s-1"), new Step("PAY", 1), "pay-service", "Pay", json(ORDER), phase);
        SagaReply reply = SagaReply.success(command, json(ORDER));

        byte[] sent = codec.encode(command);
        byte[] answered = codec.encode(reply);

        assertThat(new String(sent, UTF_8)).contains("enc:v1:2025:").doesNotContain("DE89");
        assertThat(new String(answered, UTF_8)).contains("enc:v1:2025:").doesNotContain("DE89");
        assertThat(codec.decodeCommand(sent, phase)).isEqualTo(command);
        assertThat(codec.decodeReply(answered)).isEqualTo(reply);
        assertThat(command.data()).isEqualTo(json(ORDER));
        assertThat(codec.decodeCommand(new MessageCodec().encode(command), phase))
                .isEqualTo(command);
    }
}
