package dev.caravan.saga.lra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.lra.LraClient.Lra;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * All LRAs of the configured coordinator, also those that other clients started, for an operator. What changes something
 * does not look at the state of the LRA before: the coordinator decides. Futures fail with {@link LraException}; one
 * without a status of HTTP leaves open whether what was asked for is done.
 */
public final class CoordinatorLras {

    /** The latest first; the order stays the same while LRAs start and end. */
    public static final Comparator<CoordinatorLra> LATEST_FIRST =
            Comparator.comparingLong(CoordinatorLras::began).reversed().thenComparing(CoordinatorLra::uid);

    private static final String RECOVERY = "/recovery";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CoordinatorConnection connection;
    private final LraClient client;
    private final String clientId;

    /** @param connection of its own: what an operator asks for in vain keeps no saga from the coordinator */
    CoordinatorLras(CoordinatorConnection connection, String clientId) {
        this.connection = connection;
        this.client = new LraClient(connection, clientId);
        this.clientId = clientId;
    }

    /** Whether this application started it, here or in another instance. */
    public boolean isOwn(CoordinatorLra lra) {
        return lra.application().equals(clientId);
    }

    /** When it began, in ms since 1970; 0: that is not known. */
    public static long began(CoordinatorLra lra) {
        return lra.startedAt() == null ? 0 : lra.startedAt().toEpochMilli();
    }

    /** Those that have not ended, and those that failed, {@link #LATEST_FIRST}; each once. */
    public CompletableFuture<List<CoordinatorLra>> all() {
        return list("", "list LRAs").thenCombine(failed(), (open, failed) -> {
            Map<String, CoordinatorLra> all = new LinkedHashMap<>();
            open.forEach(lra -> all.putIfAbsent(lra.uid(), lra));
            failed.forEach(lra -> all.put(lra.uid(), lra)); // the later word on one that fails between the two
            return all.values().stream().sorted(LATEST_FIRST).toList();
        });
    }

    /** Fails with 404 for one that has ended, or never was. */
    public CompletableFuture<CoordinatorLra> find(String uid) {
        String what = "show LRA " + uid;
        if (!CoordinatorLra.isUid(uid)) {
            return CompletableFuture.failedFuture(new LraException("That is no id of an LRA", 404));
        }
        return get("/" + uid, what)
                .thenCompose(response -> LraClient.isGone(response)
                        ? failed().thenCompose(failed -> one(uid, failed))
                        : succeeded(response, what)
                                .thenCompose(body -> read("[" + body + "]"))
                                .thenCompose(found -> one(uid, found)));
    }

    private static CompletableFuture<CoordinatorLra> one(String uid, Collection<CoordinatorLra> among) {
        return among.stream()
                .filter(lra -> lra.uid().equals(uid))
                .findFirst()
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.failedFuture(
                        new LraException("There is no LRA %s: it has ended, or never was".formatted(uid), 404)));
    }

    /** @return what the coordinator says then: another decision may have come first */
    public CompletableFuture<LraStatus> cancel(CoordinatorLra lra) {
        return client.cancel(new Lra(lra.id()));
    }

    /** As {@link #cancel}. */
    public CompletableFuture<LraStatus> close(CoordinatorLra lra) {
        return client.close(new Lra(lra.id()));
    }

    /**
     * Has the participants of all LRAs that are ending called again now. Completes when the coordinator has done so, or
     * when it takes longer than a request may: it goes on then.
     */
    public CompletableFuture<Void> recover() {
        String what = "call participants again";
        return get(RECOVERY, what)
                .thenCompose(response -> succeeded(response, what))
                .handle((body, failure) -> failure == null || isGoingOn(failure)
                        ? CompletableFuture.<Void>completedFuture(null)
                        : CompletableFuture.<Void>failedFuture(Failures.cause(failure)))
                .thenCompose(done -> done);
    }

    private static boolean isGoingOn(Throwable failure) {
        Throwable refused = Failures.cause(failure);
        Throwable cause = refused.getCause() == null ? refused : Failures.cause(refused.getCause());
        return cause instanceof TimeoutException
                || cause instanceof HttpTimeoutException && !(cause instanceof HttpConnectTimeoutException);
    }

    /** Removes one that failed, because a person has seen to it. */
    public CompletableFuture<Void> forget(CoordinatorLra lra) {
        String what = "forget LRA " + lra.id();
        return connection
                .send("DELETE", RECOVERY + "/" + lra.uid(), null, Map.of(), what)
                .thenCompose(response -> succeeded(response, what))
                .thenApply(body -> null);
    }

    private CompletableFuture<List<CoordinatorLra>> failed() {
        return list(RECOVERY + "/failed", "list LRAs that failed");
    }

    private CompletableFuture<List<CoordinatorLra>> list(String path, String what) {
        return get(path, what)
                .thenCompose(response -> succeeded(response, what))
                .thenCompose(CoordinatorLras::read);
    }

    private CompletableFuture<HttpResponse<String>> get(String path, String what) {
        return connection.send("GET", path, null, Map.of("Accept", "application/json"), what);
    }

    private static CompletableFuture<String> succeeded(HttpResponse<String> response, String what) {
        return LraClient.isSuccess(response)
                ? CompletableFuture.completedFuture(response.body())
                : LraClient.refused(what, response);
    }

    private static CompletableFuture<List<CoordinatorLra>> read(String list) {
        try {
            List<CoordinatorLra> lras = new ArrayList<>();
            for (JsonNode lra : JSON.readTree(list)) {
                CoordinatorLra.of(lra).ifPresent(lras::add);
            }
            return CompletableFuture.completedFuture(lras);
        } catch (JsonProcessingException e) {
            return CompletableFuture.failedFuture(LraClient.unreadable(list, e));
        }
    }

    void close() {
        connection.close();
    }
}
