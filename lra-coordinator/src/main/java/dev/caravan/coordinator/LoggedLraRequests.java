package dev.caravan.coordinator;

import dev.caravan.coordinator.log.CallbackLinks;
import dev.caravan.coordinator.log.Folded;
import dev.caravan.coordinator.log.Folded.Verdict;
import dev.caravan.coordinator.log.LoggedLras;
import dev.caravan.coordinator.log.Lra;
import dev.caravan.coordinator.log.LraEvent;
import dev.caravan.coordinator.log.LraUid;
import dev.caravan.coordinator.log.Participant;
import io.narayana.lra.LRAConstants;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.eclipse.microprofile.lra.annotation.ws.rs.LRA;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of MicroProfile LRA out of the log: the URLs, headers and statuses are those of Narayana. A request
 * that changes something is answered when its entry was read back. What is answered as unknown was looked for in all that
 * was written before.
 */
final class LoggedLraRequests implements CoordinatorFilter {

    private static final Logger LOGGER = LoggerFactory.getLogger(LoggedLraRequests.class);
    private static final Pattern URL = Pattern.compile("(?<coordinator>.*?/lra-coordinator)(?<path>(/.*)?)");
    private static final String RECOVERY = "recovery";
    private static final long LONGEST_LIMIT = 100L * 366 * 24 * 60 * 60 * 1000; // ms

    private final LraAccess access;
    private final LoggedRecoveryRequests recovery;
    private final Clock clock;
    private final Duration participantTimeout;

    LoggedLraRequests(LoggedLras lras, Clock clock, Duration participantTimeout) {
        this.access = new LraAccess(lras);
        this.recovery = new LoggedRecoveryRequests(access, participantTimeout);
        this.clock = clock;
        this.participantTimeout = participantTimeout;
    }

    @Override
    public void filter(CoordinatorRequest request, Next next) throws IOException {
        Matcher url = URL.matcher(request.url());
        if (!url.matches()) {
            request.answer(404, "Not of an LRA coordinator: " + request.url());
            return;
        }
        String version = request.header(LRAConstants.NARAYANA_LRA_API_VERSION_HEADER_NAME);
        request.setHeader(
                LRAConstants.NARAYANA_LRA_API_VERSION_HEADER_NAME,
                version == null ? LRAConstants.CURRENT_API_VERSION_STRING : version);
        String path = url.group("path").replaceAll("^/|/$", "");
        String[] segments = path.isEmpty() ? new String[0] : path.split("/");
        try {
            answer(request, url.group("coordinator"), segments);
        } catch (IllegalArgumentException e) {
            request.answer(400, e.getMessage());
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.warn("{} {} cannot be answered: {}", request.method(), request.url(), e.toString());
            request.answer(503, "The log of the LRAs does not answer. It is not known whether this was done");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            request.answer(503, "The coordinator stops");
        }
    }

    private void answer(CoordinatorRequest request, String coordinator, String[] path)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        String what = path.length == 2 ? path[1] : "";
        if (path.length > 0 && path[0].equals(RECOVERY)) {
            recovery.answer(request, path);
            return;
        }
        switch (request.method() + " " + (path.length < 2 ? path.length : what)) {
            case "GET 0" -> list(request);
            case "POST 1" -> start(request, coordinator, path[0]);
            case "GET 1" -> show(request, path[0], LraReply::one);
            case "PUT 1" -> join(request, coordinator, path[0]);
            case "GET status" -> show(request, path[0], (reply, lra) -> reply.status(lra.status()));
            case "PUT close" -> end(request, path[0], new LraEvent.Close());
            case "PUT cancel" -> end(request, path[0], new LraEvent.Cancel());
            case "PUT renew" -> renew(request, path[0]);
            case "PUT remove" -> leave(request, path[0]);
            default -> new LraReply(request).nothingThere();
        }
    }

    private void start(CoordinatorRequest request, String coordinator, String word)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        if (!word.equals("start")) {
            new LraReply(request).nothingThere();
            return;
        }
        String parent = request.parameter("ParentLRA");
        boolean nested = parent != null && !parent.isBlank();
        String outer = nested ? LraUid.in(parent.trim()) : null;
        if (nested && outer == null) {
            new LraReply(request).unknownParent(parent);
            return;
        }
        String uid = access.lras().nextUid(outer);
        String id = coordinator + "/" + uid + (nested ? "?ParentLRA=" + encoded(parent.trim()) : "");
        String client = Optional.ofNullable(request.parameter("ClientID")).orElse("");
        Folded folded =
                access.write(uid, new LraEvent.Start(id, client, nested ? parent.trim() : null, limit(request)));
        if (folded.verdict() == Verdict.UNKNOWN) {
            new LraReply(request).unknownParent(parent);
            return;
        }
        if (folded.verdict() != Verdict.COUNTS) {
            new LraReply(request).refused(folded, parent);
            return;
        }
        request.setHeader("Location", id);
        request.setHeader(LRA.LRA_HTTP_CONTEXT_HEADER, id);
        new LraReply(request).either(201, "lraId", id);
    }

    private void join(CoordinatorRequest request, String coordinator, String lra)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Map<String, String> links = links(request);
        if (!CallbackLinks.mayJoin(links)) {
            request.answer(400, "Joining an LRA takes a Link header with a relation compensate or after");
            return;
        }
        String data = request.header(LRAConstants.NARAYANA_LRA_PARTICIPANT_DATA_HEADER_NAME);
        String recovery = coordinator + "/" + RECOVERY + "/" + lra;
        Folded folded = access.write(lra, new LraEvent.Join(links, recovery, data, limit(request)));
        if (folded.verdict() != Verdict.COUNTS) {
            new LraReply(request).refused(folded, lra);
            return;
        }
        String participant = recovery + "/" + folded.participant();
        request.setHeader("Location", participant);
        request.setHeader(LRA.LRA_HTTP_RECOVERY_HEADER, participant);
        request.setHeader(LRAConstants.NARAYANA_LRA_PARTICIPANT_DATA_HEADER_NAME, data == null ? "" : data);
        new LraReply(request).either(200, "recoveryUrl", participant);
    }

    private static Map<String, String> links(CoordinatorRequest request) throws IOException {
        String header = request.header("Link");
        String body = header == null || header.isBlank() ? request.body().trim() : header;
        return body.isEmpty() || body.startsWith("<") ? CallbackLinks.parse(body) : CallbackLinks.below(body);
    }

    private void end(CoordinatorRequest request, String lra, LraEvent decision)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        String uid = LraUid.in(lra);
        keepData(request, lra);
        CompletableFuture<LRAStatus> end = uid == null ? null : access.lras().expectEnd(uid);
        try {
            Folded folded = access.write(lra, decision);
            if (folded.verdict() == Verdict.UNKNOWN) {
                new LraReply(request).unknown(lra);
            } else if (folded.verdict() == Verdict.KNOWN) {
                new LraReply(request).ending(folded.family().find(uid).status());
            } else {
                new LraReply(request).ending(await(end, folded.family().find(uid), uid));
            }
        } finally {
            if (end != null) {
                end.cancel(false);
            }
        }
    }

    /** Who ends an LRA may say what a participant is to be sent along, as if that had joined once more. */
    private void keepData(CoordinatorRequest request, String lra)
            throws ExecutionException, TimeoutException, InterruptedException {
        String link = request.header(LRAConstants.NARAYANA_LRA_PARTICIPANT_LINK_HEADER_NAME);
        String data = request.header(LRAConstants.NARAYANA_LRA_PARTICIPANT_DATA_HEADER_NAME);
        if (link == null || link.isBlank() || data == null || data.isEmpty()) {
            return;
        }
        LraEvent.Leave meant = leaving(link.trim());
        Optional<Participant> participant = access.find(lra)
                .map(found -> meant.links() == null
                        ? found.participant(meant.participant())
                        : found.participantAt(meant.links()));
        if (participant.isPresent()) {
            String recovery = participant.get().recovery().replaceFirst("/[^/]*$", "");
            access.write(lra, new LraEvent.Join(participant.get().links(), recovery, data, 0));
        }
    }

    /** Each participant may take its time; who calls them may die, and another go on. */
    private LRAStatus await(CompletableFuture<LRAStatus> end, Lra decided, String uid)
            throws ExecutionException, InterruptedException {
        int participants = decided == null ? 0 : decided.participants().size();
        try {
            return end.get(participantTimeout.multipliedBy(participants + 1L).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOGGER.debug("LRA {} goes on", uid, e);
            return decided.status();
        }
    }

    private void renew(CoordinatorRequest request, String lra)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Folded folded = access.write(lra, new LraEvent.Renew(limit(request)));
        if (folded.verdict() == Verdict.COUNTS) {
            request.answer(200, lra);
        } else {
            new LraReply(request).refused(folded, lra);
        }
    }

    private void leave(CoordinatorRequest request, String lra)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Folded folded = access.write(lra, leaving(request.body().trim()));
        if (folded.verdict() == Verdict.COUNTS) {
            request.answer(200, "");
        } else {
            new LraReply(request).refused(folded, lra);
        }
    }

    /** Who is meant: by the URL at which it is found here, by that of its compensation, or by all its links. */
    private static LraEvent.Leave leaving(String body) {
        if (body.contains("/" + RECOVERY + "/") && !body.startsWith("<")) {
            return new LraEvent.Leave(body.substring(body.lastIndexOf('/') + 1), null);
        }
        return new LraEvent.Leave(null, body.startsWith("<") ? CallbackLinks.parse(body) : Map.of("compensate", body));
    }

    /** What is said of an LRA. */
    @FunctionalInterface
    private interface Saying {
        void of(LraReply reply, Lra lra) throws IOException;
    }

    private void show(CoordinatorRequest request, String lra, Saying what)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Optional<Lra> found = access.find(lra);
        if (found.isPresent()) {
            what.of(new LraReply(request), found.get());
        } else {
            new LraReply(request).unknown(lra);
        }
    }

    private void list(CoordinatorRequest request) throws IOException {
        String wanted = request.parameter("Status");
        LRAStatus status = wanted == null || wanted.isBlank() ? null : LRAStatus.valueOf(wanted);
        new LraReply(request)
                .all(access.lras().all().stream()
                        .filter(lra -> status == null ? !lra.isFailed() : lra.status() == status)
                        .toList());
    }

    private long limit(CoordinatorRequest request) {
        String limit = request.parameter("TimeLimit");
        long millis = limit == null || limit.isBlank() ? 0 : Long.parseLong(limit.trim());
        return millis <= 0 ? 0 : clock.millis() + Math.min(millis, LONGEST_LIMIT);
    }

    private static String encoded(String url) {
        return URLEncoder.encode(url, StandardCharsets.UTF_8);
    }
}
