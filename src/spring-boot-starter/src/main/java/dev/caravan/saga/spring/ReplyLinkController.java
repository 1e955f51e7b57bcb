package dev.caravan.saga.spring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.ReplyLinks;
import dev.caravan.saga.camel.StepTokens;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaAnswers.Answer;
import dev.caravan.saga.engine.SagaAnswers.By;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers of people who have a link and no login. 202: the answer is in the log, or is asked for there. 404: that is no link
 * of this application. 409: the link was used, or the step does not wait any more, or not yet. 413, 400: the answer is too
 * large, or no JSON. 429: too many come in this second. Nothing else is told, and no link is logged.
 *
 * <p>A GET answers nothing: what looks at the links of a mail before its reader does must not say yes for them.
 */
@RestController
@RequestMapping("/saga-replies")
class ReplyLinkController {

    /** As it is mapped. */
    static final String PATH = "/saga-replies";

    static final int MOST_IN_A_SECOND = 50;
    static final int LARGEST = 64 * 1024; // bytes

    private static final String BY_LINK = "whoever had the link";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReplyLinks links;
    private final SagaAnswers answers;
    private final Clock steady;
    private long second;
    private int inThisSecond;

    /** @param steady goes on evenly */
    ReplyLinkController(ReplyLinks links, SagaAnswers answers, Clock steady) {
        this.links = links;
        this.answers = answers;
        this.steady = steady;
    }

    @PostMapping(path = "/{token}", consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<Void>> reply(@PathVariable String token, HttpServletRequest request)
            throws IOException {
        if (isTooMany()) {
            return refused(HttpStatus.TOO_MANY_REQUESTS);
        }
        StepTokens.Named named = links.read(token).orElse(null);
        if (named == null) {
            return refused(HttpStatus.NOT_FOUND);
        }
        byte[] body = request.getInputStream().readNBytes(LARGEST + 1);
        if (body.length > LARGEST) {
            return refused(HttpStatus.PAYLOAD_TOO_LARGE);
        }
        JsonNode said;
        try {
            said = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return refused(HttpStatus.BAD_REQUEST);
        }
        return answers.answer(named.sagaId(), named.step(), answer(said), new By(BY_LINK, text(said, "reason")))
                .handle((done, failure) -> {
                    Throwable cause = Failures.cause(failure);
                    if (cause != null && !(cause instanceof IllegalStateException)) {
                        throw new CompletionException(cause);
                    }
                    return answered(cause == null ? HttpStatus.ACCEPTED : HttpStatus.CONFLICT);
                });
    }

    private synchronized boolean isTooMany() {
        long now = steady.instant().getEpochSecond();
        inThisSecond = now == second ? inThisSecond + 1 : 1;
        second = now;
        return inThisSecond > MOST_IN_A_SECOND;
    }

    private static Answer answer(JsonNode said) {
        return Answer.of(said.hasNonNull("body") ? said.get("body") : null, text(said, "code"), text(said, "error"));
    }

    private static @Nullable String text(JsonNode said, String field) {
        return said.hasNonNull(field) ? said.get(field).asText() : null;
    }

    private static CompletableFuture<ResponseEntity<Void>> refused(HttpStatus status) {
        return CompletableFuture.completedFuture(answered(status));
    }

    private static ResponseEntity<Void> answered(HttpStatus status) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(status)
                .cacheControl(CacheControl.noStore())
                .header("Referrer-Policy", "no-referrer");
        if (status == HttpStatus.TOO_MANY_REQUESTS) {
            answer.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return answer.build();
    }
}
