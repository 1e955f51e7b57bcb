package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class ReplyTokensTest {

    private static final String SECRET = "a secret of this test";
    private static final SagaCommand PAY = command("saga-1", "PAY");

    private final ReplyTokens tokens = new ReplyTokens(SECRET, false);
    private final ReplyTokens required = new ReplyTokens(SECRET, true);

    private static SagaCommand command(String sagaId, String step) {
        return new SagaCommand(
                new SagaId(sagaId), new Step(step, 1), "payment-service", "ProcessPayment", null, Phase.ACTION);
    }

    /** What a participant sends back to a command. */
    private static Headers answerTo(SagaCommand command, ReplyTokens tokens) {
        Headers sent = new RecordHeaders();
        tokens.addTo(sent, command);
        Headers reply = new RecordHeaders();
        ReplyTokens.answer(sent, reply, command.service());
        return reply;
    }

    private static SagaReply reply(SagaCommand command) {
        return SagaReply.success(command, null);
    }

    @Test
    void believesWhoSendsTheTokenBack() {
        assertThat(required.refusalOf(reply(PAY), "payment-service", answerTo(PAY, required)))
                .isEmpty();
        assertThat(ReplyTokens.serviceOf(answerTo(PAY, required))).isEqualTo("payment-service");
    }

    @Test
    void knowsTheTokensOfAnotherInstanceAndOfTheOneBefore() {
        assertThat(new ReplyTokens(SECRET, true).refusalOf(reply(PAY), "payment-service", answerTo(PAY, tokens)))
                .isEmpty();
    }

    @Test
    void doesNotBelieveTheTokenOfAnotherStepOrSaga() {
        for (SagaCommand other : new SagaCommand[] {command("saga-1", "SHIP"), command("saga-2", "PAY")}) {
            assertThat(tokens.refusalOf(reply(PAY), "payment-service", answerTo(other, tokens)))
                    .contains("The header saga-reply-token is not that of a command of step PAY");
        }
    }

    @Test
    void doesNotBelieveATokenOfAnotherSecret() {
        assertThat(tokens.refusalOf(
                        reply(PAY), "payment-service", answerTo(PAY, new ReplyTokens("another secret of it", false))))
                .isPresent();
        Headers guessed = new RecordHeaders();
        guessed.add(ReplyTokens.HEADER, "guessed".getBytes(StandardCharsets.UTF_8));
        assertThat(tokens.refusalOf(reply(PAY), "payment-service", guessed)).isPresent();
    }

    /** A participant by the contract without headers. */
    @Test
    void takesAReplyWithoutATokenUnlessOneIsRequired() {
        assertThat(tokens.refusalOf(reply(PAY), "payment-service", new RecordHeaders()))
                .isEmpty();
        assertThat(required.refusalOf(reply(PAY), "payment-service", new RecordHeaders()))
                .contains("The reply has no header saga-reply-token");
    }

    /** Its participant is Caravan's, and would have sent the token back. */
    @Test
    void refusesAReplyWithoutATokenInThePlaceOfAParticipantThatIsHere() {
        ReplyTokens here = new ReplyTokens(SECRET, false, "payment-service"::equals);

        assertThat(here.refusalOf(reply(PAY), "payment-service", new RecordHeaders()))
                .contains("The reply has no header saga-reply-token");
        assertThat(here.refusalOf(reply(PAY), "shipping-service", new RecordHeaders()))
                .isEmpty();
        assertThat(here.refusalOf(reply(PAY), null, new RecordHeaders())).isEmpty();
    }

    @Test
    void addsNothingWithoutASecret() {
        Headers headers = new RecordHeaders();
        ReplyTokens.NONE.addTo(headers, PAY);

        assertThat(headers).isEmpty();
        assertThat(ReplyTokens.NONE.refusalOf(reply(PAY), "payment-service", answerTo(PAY, tokens)))
                .isEmpty();
    }

    @Test
    void refusesASecretThatIsShortOrMissing() {
        assertThatThrownBy(() -> new ReplyTokens("short", false))
                .hasMessage("caravan.replies.secret has 5 characters; it must have 16 or more");
        assertThatThrownBy(() -> new ReplyTokens(" ", true)).hasMessageContaining("there is no caravan.replies.secret");
    }
}
