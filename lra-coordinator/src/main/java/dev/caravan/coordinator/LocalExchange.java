package dev.caravan.coordinator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLSession;
import org.jboss.resteasy.mock.MockHttpRequest;
import org.jboss.resteasy.mock.MockHttpResponse;
import org.jboss.resteasy.spi.Dispatcher;

/** A request that did not come over HTTP, and its answer. */
final class LocalExchange implements CoordinatorRequest, CoordinatorFilter.Next {

    private static final String PATH = "/lra-coordinator";

    private final HttpRequest request;
    private final Dispatcher coordinator;
    private final MockHttpRequest asked;
    private final MockHttpResponse answered = new MockHttpResponse();
    private final byte[] body;

    /** @param coordinator who answers what the filters let pass; {@code null}: they answer all */
    LocalExchange(HttpRequest request, Dispatcher coordinator) {
        this.request = request;
        this.coordinator = coordinator;
        this.body = request.bodyPublisher().map(LocalExchange::read).orElse(new byte[0]);
        URI uri = request.uri();
        String root = uri.getRawPath().substring(0, Math.max(0, uri.getRawPath().indexOf(PATH))) + "/";
        this.asked = MockHttpRequest.create(request.method(), uri, uri.resolve(root));
        request.headers().map().forEach((name, values) -> values.forEach(value -> asked.header(name, value)));
        asked.content(body);
    }

    /** The publishers of the JDK that are not files have all there is at once. */
    private static byte[] read(HttpRequest.BodyPublisher publisher) {
        HttpResponse.BodySubscriber<byte[]> bytes = HttpResponse.BodySubscribers.ofByteArray();
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                bytes.onSubscribe(subscription);
            }

            @Override
            public void onNext(ByteBuffer part) {
                bytes.onNext(List.of(part));
            }

            @Override
            public void onError(Throwable failure) {
                bytes.onError(failure);
            }

            @Override
            public void onComplete() {
                bytes.onComplete();
            }
        });
        return bytes.getBody().toCompletableFuture().join();
    }

    @Override
    public void proceed() {
        coordinator.invoke(asked, answered);
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public String url() {
        String url = request.uri().toString();
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }

    @Override
    public String header(String name) {
        return request.headers().firstValue(name).orElse(null);
    }

    @Override
    public String parameter(String name) {
        return asked.getUri().getQueryParameters().getFirst(name);
    }

    @Override
    public boolean hasBody() {
        return body.length > 0;
    }

    @Override
    public String body() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public void setHeader(String name, String value) {
        answered.getOutputHeaders().putSingle(name, value);
    }

    @Override
    public void answer(int status, String contentType, String text) throws IOException {
        answered.setStatus(status);
        setHeader("Content-Type", contentType);
        answered.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<String> answer() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        answered.getOutputHeaders()
                .forEach((name, values) ->
                        headers.put(name, values.stream().map(this::toText).toList()));
        return new Answer(
                request,
                answered.getStatus(),
                HttpHeaders.of(headers, (name, value) -> true),
                new String(answered.getOutput(), StandardCharsets.UTF_8));
    }

    private String toText(Object value) {
        return value instanceof String text
                ? text
                : coordinator.getProviderFactory().toHeaderString(value);
    }

    static HttpResponse<String> answer(HttpRequest request, int status, String text) {
        return new Answer(request, status, HttpHeaders.of(Map.of(), (name, value) -> true), text);
    }

    private record Answer(HttpRequest request, int statusCode, HttpHeaders headers, String body)
            implements HttpResponse<String> {

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
