package dev.caravan.coordinator;

import jakarta.ws.rs.client.AsyncInvoker;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.client.WebTarget;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

/**
 * The part of the Jakarta REST client that the coordinator uses, over one {@link HttpClient} for the whole JVM:
 * connections are kept alive, redirects are not followed, and the time-out is the configured one instead of the
 * coordinator's two seconds.
 *
 * <p>The methods of the Jakarta REST interfaces that have no counterpart here throw {@link
 * UnsupportedOperationException}; that is what the proxies are for.
 */
final class ParticipantClient {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Client SHARED = proxy(Client.class, new ParticipantClient());

    private static volatile Duration timeout = Duration.ofSeconds(10);
    private static volatile ParticipantHosts hosts = new ParticipantHosts(List.of());
    private static volatile HangingHosts hanging = new HangingHosts(SteadyClock.OF_PROCESS, timeout);
    private static final BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> NOBODY =
            (request, executor) -> null;

    private static volatile BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> local = NOBODY;
    private static volatile ParticipantCalls calls = ParticipantCalls.IGNORED;

    private ParticipantClient() {}

    static Client shared() {
        return SHARED;
    }

    /**
     * Holds for the calls that begin from now on.
     *
     * @param newTimeout from the connection to the last byte of the answer
     * @param allowed whom to call at all
     */
    static void configure(Duration newTimeout, ParticipantHosts allowed) {
        timeout = newTimeout;
        local = NOBODY;
        hosts = allowed;
        hanging = new HangingHosts(SteadyClock.OF_PROCESS, newTimeout);
    }

    /**
     * Reaches participants without a socket.
     *
     * @param participants returns {@code null} for a request that is to be sent over HTTP
     */
    static void reachLocally(BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> participants) {
        local = participants;
    }

    private static CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        CompletableFuture<HttpResponse<String>> answer = local.apply(request, Runnable::run);
        return answer == null ? HTTP.sendAsync(request, BodyHandlers.ofString()) : answer;
    }

    /** Has each call measured. */
    static void measure(ParticipantCalls newCalls) {
        calls = newCalls;
    }

    static UnsupportedOperationException unsupported(String method) {
        return new UnsupportedOperationException("The LRA coordinator's HTTP client has no " + method);
    }

    WebTarget target(URI uri) {
        return proxy(WebTarget.class, new Target(uri));
    }

    WebTarget target(String uri) {
        return target(URI.create(uri));
    }

    /** Others use the client too. */
    void close() {}

    private record Target(URI uri) {

        URI getUri() {
            return uri;
        }

        Invocation.Builder request() {
            return proxy(Invocation.Builder.class, new Request(uri, new LinkedHashMap<>()));
        }
    }

    private record Request(URI uri, Map<String, String> headers) {

        Invocation.Builder header(String name, Object value) {
            if (value != null) {
                headers.put(name, value.toString());
            }
            return proxy(Invocation.Builder.class, this);
        }

        AsyncInvoker async() {
            return proxy(AsyncInvoker.class, this);
        }

        Future<?> put(Entity<?> entity) {
            return send("PUT", entity);
        }

        Future<?> post(Entity<?> entity) {
            return send("POST", entity);
        }

        Future<?> get() {
            return send("GET", null);
        }

        Future<?> delete() {
            return send("DELETE", null);
        }

        private Future<?> send(String method, Entity<?> entity) {
            if (entity != null && EndNotice.isTooEarly(headers, entity.getEntity())) {
                return CompletableFuture.completedFuture(EndNotice.laterPlease());
            }
            if (!method.equals("DELETE") && ReverseOrder.mustWait(headers)) {
                return CompletableFuture.completedFuture(ReverseOrder.laterPlease());
            }
            if (entity != null) {
                headers.put("Content-Type", entity.getMediaType().toString());
            }
            Object body = entity == null ? null : entity.getEntity();
            return call(method, uri, headers, entity == null ? null : body == null ? "" : body.toString());
        }
    }

    /**
     * Calls a participant, if it is on a host that may be called, and that does not hang.
     *
     * @param body {@code null}: none
     */
    static ParticipantCall call(String method, URI uri, Map<String, String> headers, String body) {
        if (!hosts.allow(uri)) {
            return ParticipantCall.refused(new IOException(hosts.refusal(uri)), timeout);
        }
        HangingHosts silent = hanging;
        if (!silent.admit(uri)) {
            return ParticipantCall.refused(
                    new IOException(uri.getAuthority() + " has not answered; it is called rarely until it does"),
                    timeout);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(timeout);
        headers.forEach(request::setHeader);
        request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return ParticipantCall.send(ParticipantClient::send, request.build(), (status, nanos) -> {
            if (status > 0 || nanos < timeout.toNanos()) {
                silent.answered(uri);
            } else {
                silent.notAnswered(uri);
            }
            calls.ended(status, nanos);
        });
    }

    private static <T> T proxy(Class<T> type, Object delegate) {
        return type.cast(Proxy.newProxyInstance(
                ParticipantClient.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> invoke(delegate, method, arguments)));
    }

    private static Object invoke(Object delegate, Method method, Object[] arguments) throws Throwable {
        Method counterpart;
        try {
            counterpart = delegate.getClass().getDeclaredMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException e) {
            throw unsupported(method.toString());
        }
        try {
            return counterpart.invoke(delegate, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
