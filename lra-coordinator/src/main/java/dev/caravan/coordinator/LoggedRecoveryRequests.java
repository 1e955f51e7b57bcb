package dev.caravan.coordinator;

import dev.caravan.coordinator.log.CallbackLinks;
import dev.caravan.coordinator.log.Folded;
import dev.caravan.coordinator.log.Folded.Verdict;
import dev.caravan.coordinator.log.Lra;
import dev.caravan.coordinator.log.LraEvent;
import dev.caravan.coordinator.log.Participant;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what is asked below {@code /lra-coordinator/recovery}: LRAs that come to no end, and where participants are. */
final class LoggedRecoveryRequests {

    private static final Logger LOGGER = LoggerFactory.getLogger(LoggedRecoveryRequests.class);

    private final LraAccess access;
    private final Duration patience;

    /** @param patience how long participants that are called again are waited for */
    LoggedRecoveryRequests(LraAccess access, Duration patience) {
        this.access = access;
        this.patience = patience;
    }

    void answer(CoordinatorRequest request, String[] path)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        LraReply reply = new LraReply(request);
        switch (request.method() + " " + (path.length == 2 && path[1].equals("failed") ? "failed" : path.length)) {
            case "GET 1" -> recovering(reply);
            case "GET failed" -> list(reply, Lra::isFailed);
            case "DELETE 2" -> remove(reply, path[1]);
            case "GET 3" -> participant(reply, path[1], path[2]);
            case "PUT 3" -> replace(reply, path[1], path[2]);
            default -> reply.nothingThere();
        }
    }

    private void recovering(LraReply reply) throws IOException, ExecutionException, InterruptedException {
        try {
            access.lras().recover().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOGGER.debug("Participants are still being called", e);
        }
        list(reply, Lra::isEnding);
    }

    private void list(LraReply reply, Predicate<Lra> which) throws IOException {
        reply.all(access.lras().all().stream().filter(which).toList());
    }

    private void remove(LraReply reply, String lra)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Folded folded = access.write(lra, new LraEvent.Remove());
        if (folded.verdict() == Verdict.COUNTS) {
            reply.request().answer(204, "");
        } else {
            reply.refused(folded, lra);
        }
    }

    private void participant(LraReply reply, String lra, String id)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Optional<Participant> found = access.find(lra).map(known -> known.participant(id));
        if (found.isPresent()) {
            reply.request().answer(200, CallbackLinks.write(found.get().links()));
        } else {
            reply.nothingThere();
        }
    }

    private void replace(LraReply reply, String lra, String participant)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Map<String, String> links = CallbackLinks.parse(reply.request().body());
        if (!CallbackLinks.mayJoin(links)) {
            reply.request().answer(400, "It takes a Link with a relation compensate or after");
        } else if (access.write(lra, new LraEvent.Replace(participant, links)).verdict() == Verdict.COUNTS) {
            reply.request().answer(200, reply.request().url());
        } else {
            reply.nothingThere();
        }
    }
}
