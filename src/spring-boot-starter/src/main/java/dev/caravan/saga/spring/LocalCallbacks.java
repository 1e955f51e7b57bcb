package dev.caravan.saga.spring;

import dev.caravan.saga.lra.LraCallbacks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Takes the calls of a coordinator in the same application without a socket, and answers them as {@link
 * LraCallbackController} does. What is not signed is refused here, too.
 *
 * <p>Returns {@code null} for a request that is not to this application: it goes over HTTP. Does not block.
 */
final class LocalCallbacks implements BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> {

    private final LraCallbacks callbacks;
    private final Supplier<URI> participant;
    private final Executor executor;

    /** @param participant the URL that is called back */
    LocalCallbacks(LraCallbacks callbacks, Supplier<URI> participant, Executor executor) {
        this.callbacks = callbacks;
        this.participant = participant;
        this.executor = executor;
    }

    @Override
    public @Nullable CompletableFuture<HttpResponse<String>> apply(HttpRequest request, Executor goesOn) {
        String base = participant.get() + "/";
        String url = request.uri().toString();
        String[] path = url.startsWith(base) ? url.substring(base.length()).split("/") : new String[0];
        return path.length == 2 ? call(request, path[0], path[1], goesOn) : null;
    }

    private @Nullable CompletableFuture<HttpResponse<String>> call(
            HttpRequest request, String relation, String token, Executor goesOn) {
        return switch (request.method() + " " + relation) {
            case "PUT compensate" -> answer(request, goesOn, () -> callbacks.compensate(token));
            case "PUT complete" -> answer(request, goesOn, () -> callbacks.complete(token));
            case "PUT after" -> answer(request, goesOn, () -> callbacks.after(token, body(request)));
            case "GET status" -> answer(request, goesOn, () -> callbacks.status(token));
            default -> null;
        };
    }

    private CompletableFuture<HttpResponse<String>> answer(
            HttpRequest request, Executor goesOn, Supplier<CompletableFuture<LraCallbacks.Answer>> callback) {
        return CompletableFuture.supplyAsync(callback, executor)
                .thenCompose(called -> called)
                .thenApplyAsync(answer -> new Answer(request, answer), goesOn);
    }

    private static String body(HttpRequest request) {
        HttpResponse.BodySubscriber<String> text = HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
        request.bodyPublisher().orElseGet(HttpRequest.BodyPublishers::noBody).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                text.onSubscribe(subscription);
            }

            @Override
            public void onNext(ByteBuffer part) {
                text.onNext(List.of(part));
            }

            @Override
            public void onError(Throwable failure) {
                text.onError(failure);
            }

            @Override
            public void onComplete() {
                text.onComplete();
            }
        });
        return text.getBody().toCompletableFuture().join();
    }

    private record Answer(HttpRequest request, LraCallbacks.Answer answer) implements HttpResponse<String> {

        @Override
        public int statusCode() {
            return answer.status();
        }

        @Override
        public HttpHeaders headers() {
            Map<String, List<String>> headers =
                    answer.location() == null ? Map.of() : Map.of("Location", List.of(answer.location()));
            return HttpHeaders.of(headers, (name, value) -> true);
        }

        @Override
        public String body() {
            return answer.body();
        }

        @Override
        public Optional<HttpResponse<String>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }
}
