package dev.caravan.coordinator;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A request that is on its way to a participant. Its own time-out counts, not the one that the waiting thread names. */
record ParticipantCall(CompletableFuture<HttpResponse<String>> answer, long timeoutMillis) implements Future<Response> {

    static ParticipantCall send(
            Function<HttpRequest, CompletableFuture<HttpResponse<String>>> http,
            HttpRequest request,
            ParticipantCalls calls) {
        long timeout = request.timeout().orElseThrow().toMillis();
        long begin = System.nanoTime();
        CompletableFuture<HttpResponse<String>> answer = http.apply(request);
        answer.whenComplete((response, failure) ->
                calls.ended(response == null ? 0 : response.statusCode(), System.nanoTime() - begin));
        return new ParticipantCall(answer, timeout);
    }

    static ParticipantCall refused(IOException reason, Duration timeout) {
        return new ParticipantCall(CompletableFuture.failedFuture(reason), timeout.toMillis());
    }

    @Override
    public Response get(long ignored, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            // the time-out of the request ends with the headers of the answer, this one with its body
            return response(answer.get(timeoutMillis, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            answer.cancel(true);
            TimeoutException named = new TimeoutException("no answer within " + timeoutMillis + " ms");
            named.initCause(e);
            throw named;
        }
    }

    @Override
    public Response get() throws InterruptedException, ExecutionException {
        return response(answer.get());
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return answer.cancel(mayInterruptIfRunning);
    }

    @Override
    public boolean isCancelled() {
        return answer.isCancelled();
    }

    @Override
    public boolean isDone() {
        return answer.isDone();
    }

    private static Response response(HttpResponse<String> answer) {
        Response.ResponseBuilder response = Response.status(answer.statusCode());
        answer.headers().map().forEach((name, values) -> values.forEach(value -> response.header(name, value)));
        return answer.body().isEmpty()
                ? response.build()
                : response.entity(answer.body()).build();
    }
}
