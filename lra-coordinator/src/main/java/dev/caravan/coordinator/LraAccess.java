package dev.caravan.coordinator;

import dev.caravan.coordinator.log.Folded;
import dev.caravan.coordinator.log.Folded.Verdict;
import dev.caravan.coordinator.log.LoggedLras;
import dev.caravan.coordinator.log.Lra;
import dev.caravan.coordinator.log.LraEvent;
import dev.caravan.coordinator.log.LraUid;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads and writes LRAs for a request, which waits. */
record LraAccess(LoggedLras lras) {

    private static final long WRITTEN = 30; // s

    /** @param lra its URL, or the last segment of its path */
    Folded write(String lra, LraEvent event) throws ExecutionException, TimeoutException, InterruptedException {
        String uid = LraUid.in(lra);
        return uid == null
                ? new Folded(null, Verdict.UNKNOWN, null)
                : lras.write(uid, event).get(WRITTEN, TimeUnit.SECONDS);
    }

    /** In what was written until of late, and in all that was if nothing is found. */
    Optional<Lra> find(String lra) throws ExecutionException, TimeoutException, InterruptedException {
        String uid = LraUid.in(lra);
        Lra found = uid == null ? null : lras.find(uid);
        if (uid == null || found != null && lras.hasReadOfLate(uid)) {
            return Optional.ofNullable(found);
        }
        Folded folded = write(lra, new LraEvent.Look());
        return Optional.ofNullable(folded.family()).map(family -> family.find(uid));
    }
}
