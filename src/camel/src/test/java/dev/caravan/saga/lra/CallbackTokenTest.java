package dev.caravan.saga.lra;

import static dev.caravan.saga.lra.CallbackToken.Verb.COMPENSATE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackTokenTest {

    private static final SagaId SAGA = new SagaId("0_ffff7f000101_8f2b_65");
    private static final Step STEP = new Step("PROCESS_PAYMENT", 2);

    private final CallbackToken tokens = new CallbackToken("a secret of 16 b".getBytes(UTF_8));

    @Test
    void namesTheEnlistmentThatItWasWrittenFor() {
        assertThat(tokens.read(COMPENSATE, tokens.write(COMPENSATE, SAGA, STEP)))
                .contains(new CallbackToken.Enlistment(SAGA, STEP));
    }

    @ParameterizedTest
    @EnumSource(CallbackToken.Verb.class)
    void isGoodForOneVerbOnly(CallbackToken.Verb verb) {
        String token = tokens.write(verb, SAGA, STEP);

        for (CallbackToken.Verb other : CallbackToken.Verb.values()) {
            assertThat(tokens.read(other, token).isPresent()).isEqualTo(other == verb);
        }
    }

    /** As a version before signed it, with the secret and nothing else: an LRA in flight has it for each verb. */
    @ParameterizedTest
    @EnumSource(CallbackToken.Verb.class)
    void ofAnLraThatWasInFlightBeforeVerbsWereSignedIsStillGood(CallbackToken.Verb verb) {
        String before = "HgU1QftWdKewr0sVy7pwYDBfZmZmZjdmMDAwMTAxXzhmMmJfNjUKUFJPQ0VTU19QQVlNRU5UIzI";

        assertThat(tokens.read(verb, before)).contains(new CallbackToken.Enlistment(SAGA, STEP));
    }

    @Test
    void hasNoCharacterThatMeansSomethingInAUrl() {
        for (int saga = 0; saga < 100; saga++) {
            assertThat(tokens.write(COMPENSATE, new SagaId("order-" + saga), STEP))
                    .matches("[A-Za-z0-9_-]+");
        }
    }

    @Test
    void isTheSameAfterARestart() {
        CallbackToken again = new CallbackToken("a secret of 16 b".getBytes(UTF_8));

        assertThat(again.read(COMPENSATE, tokens.write(COMPENSATE, SAGA, STEP))).isPresent();
        assertThat(again.write(COMPENSATE, SAGA, STEP)).isEqualTo(tokens.write(COMPENSATE, SAGA, STEP));
    }

    @Test
    void refusesATokenOfAnotherApplication() {
        CallbackToken other = new CallbackToken("another secret!!".getBytes(UTF_8));

        assertThat(tokens.read(COMPENSATE, other.write(COMPENSATE, SAGA, STEP))).isEmpty();
    }

    @Test
    void refusesATokenInWhichAnyBitWasChanged() {
        byte[] token = Base64.getUrlDecoder().decode(tokens.write(COMPENSATE, SAGA, STEP));
        for (int bit = 0; bit < token.length * 8; bit++) {
            byte[] altered = token.clone();
            altered[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(tokens.read(
                            COMPENSATE, Base64.getUrlEncoder().withoutPadding().encodeToString(altered)))
                    .isEmpty();
        }
    }

    @Test
    void refusesATokenThatWasCutOrContinued() {
        String token = tokens.write(COMPENSATE, SAGA, STEP);

        assertThat(tokens.read(COMPENSATE, token.substring(0, token.length() - 4)))
                .isEmpty();
        assertThat(tokens.read(COMPENSATE, token + "AAAA")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "not base64!", "../../etc", "AAAAAAAAAAAAAAAAAAAAAA", "주문"})
    void refusesWhatIsNoToken(String text) {
        assertThat(tokens.read(COMPENSATE, text)).isEmpty();
    }

    @Test
    void needsASecretOfSixteenBytes() {
        assertThatThrownBy(() -> new CallbackToken(new byte[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The callback secret has 15 bytes; it needs 16 or more");
    }
}
