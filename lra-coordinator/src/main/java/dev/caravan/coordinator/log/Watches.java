package dev.caravan.coordinator.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.lra.annotation.LRAStatus;

/** Those who wait until LRAs have ended, or come no further for now. Thread-safe. */
final class Watches {

    private final Map<String, List<Watch>> watches = new HashMap<>();

    private record Watch(String uid, CompletableFuture<LRAStatus> status) {}

    /** @return completes with the status when it was decided and all calls that may be made for that were, once */
    synchronized CompletableFuture<LRAStatus> expect(String uid) {
        Watch watch = new Watch(uid, new CompletableFuture<>());
        watches.computeIfAbsent(LraUid.root(uid), first -> new ArrayList<>()).add(watch);
        return watch.status();
    }

    synchronized void forget(String uid, CompletableFuture<LRAStatus> status) {
        List<Watch> all = watches.get(LraUid.root(uid));
        if (all != null) {
            all.remove(new Watch(uid, status));
            if (all.isEmpty()) {
                watches.remove(LraUid.root(uid));
            }
        }
    }

    synchronized void changed(String root, Family family) {
        for (Watch watch : List.copyOf(watches.getOrDefault(root, List.of()))) {
            Lra lra = family.member(watch.uid());
            if (lra != null && Due.hasBeenTried(family, lra)) {
                watch.status().complete(lra.status());
            }
        }
    }
}
