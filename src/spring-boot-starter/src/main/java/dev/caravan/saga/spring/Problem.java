package dev.caravan.saga.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;

/** Refusals of requests, as problem details (RFC 9457). */
final class Problem {

    private Problem() {}

    static ErrorResponseException of(HttpStatus status, @Nullable String detail) {
        return of(status, detail, null);
    }

    /** @param cause for the application's log; {@code null}: none */
    static ErrorResponseException of(HttpStatus status, @Nullable String detail, @Nullable Throwable cause) {
        ErrorResponseException problem = new ErrorResponseException(status, cause);
        problem.setDetail(detail);
        return problem;
    }

    /** It may be asked for again after so many seconds. */
    static ErrorResponseException later(HttpStatus status, String detail, long seconds) {
        ErrorResponseException problem = of(status, detail);
        problem.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        return problem;
    }
}
