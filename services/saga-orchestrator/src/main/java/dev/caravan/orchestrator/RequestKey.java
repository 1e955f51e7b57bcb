package dev.caravan.orchestrator;

import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * The key that a request gives the saga that it starts: the parameter {@code key}, or the header {@code Idempotency-Key},
 * which the IETF's draft has as a string in quotes (a structured field of RFC 9651). Without quotes it is taken as it is.
 */
final class RequestKey {

    private static final int LONGEST = 255;

    private RequestKey() {}

    /** @throws ErrorResponseException 400: both are given and differ, or it is too long, or begins a string and does not end it */
    static Optional<String> of(String parameter, String header) {
        Optional<String> key = given(parameter);
        Optional<String> idempotencyKey = given(header).map(RequestKey::unquoted);
        if (key.isPresent() && idempotencyKey.isPresent() && !key.equals(idempotencyKey)) {
            throw problem("?key= and Idempotency-Key differ. Give one of them");
        }
        return Stream.of(key, idempotencyKey)
                .flatMap(Optional::stream)
                .findFirst()
                .map(RequestKey::checked);
    }

    private static Optional<String> given(String text) {
        return Optional.ofNullable(text).filter(known -> !known.isBlank());
    }

    private static String unquoted(String header) {
        String text = header.strip();
        if (!text.startsWith("\"")) {
            return text;
        }
        if (text.length() < 2 || !text.endsWith("\"")) {
            throw problem("Idempotency-Key begins with a quote and does not end with one");
        }
        return text.substring(1, text.length() - 1).replaceAll("\\\\([\"\\\\])", "$1");
    }

    private static String checked(String key) {
        if (key.length() > LONGEST) {
            throw problem("A key has at most %d characters".formatted(LONGEST));
        }
        return key;
    }

    private static ErrorResponseException problem(String detail) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, "No saga was started: " + detail);
        problem.setProperty("started", false);
        return new ErrorResponseException(HttpStatus.BAD_REQUEST, problem, null);
    }
}
