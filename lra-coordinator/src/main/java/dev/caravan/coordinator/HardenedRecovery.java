package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.exceptions.ObjectStoreException;
import com.arjuna.ats.arjuna.objectstore.StoreManager;
import io.narayana.lra.LRAConstants;
import io.narayana.lra.LRAData;
import io.narayana.lra.coordinator.domain.model.FailedLongRunningAction;
import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import io.narayana.lra.coordinator.internal.LRARecoveryModule;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.lra.annotation.LRAStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with what the store holds, after a crash and after a participant that did not answer.
 *
 * <p>It replaces {@link LRARecoveryModule}, which leaves an LRA in {@code Closing} for ever if the process dies between
 * two participants, turns the order of the participants round, re-activates LRAs that requests are working on, and
 * answers 404 for every LRA until its first pass. A pass never touches an active LRA of this process, and works on an
 * ending one only under that LRA's lock.
 */
class HardenedRecovery extends LRARecoveryModule {

    private static final Logger LOGGER = LoggerFactory.getLogger(HardenedRecovery.class);

    private static final long TIMER_IS_LOST = 1000; // ms

    private final LraStore store = new LraStore();
    private final Clock clock;
    private final Replays replays;
    private final Duration giveUpAfter;
    private final Set<Uid> unknownLastPass = new HashSet<>();
    private boolean loaded;

    /** @param giveUpAfter how long an LRA is replayed that does not end; zero: for ever */
    HardenedRecovery(Replays replays, Clock clock, Duration giveUpAfter) {
        this.replays = replays;
        this.clock = clock;
        this.giveUpAfter = giveUpAfter;
    }

    /**
     * Makes every stored LRA visible and arms its time limit; calls no participant. Must have returned before the
     * first request is accepted.
     *
     * @return how many LRAs are open
     */
    synchronized int load() {
        List<RestoredLra> open = new ArrayList<>();
        List<Uid> latestFirst = new ArrayList<>(store.uids());
        latestFirst.sort(EnlistmentOrder.EARLIEST_FIRST.reversed()); // a nested LRA cannot be read after its parent
        for (Uid uid : latestFirst) {
            RestoredLra lra = new RestoredLra(getService(), uid);
            if (!lra.isPresent()) {
                LOGGER.warn("LRA {} is in the store but cannot be read. It stays there, and nobody is called", uid);
            } else if (takeOver(lra)) {
                open.add(lra);
            }
        }
        open.forEach(NestedLras::forgetTheCancelledOnes);
        loaded = true;
        return open.size();
    }

    /** Begins to replay each LRA that is ending and whose next call is due; returns before they have ended. */
    void recoverWhatIsDue() {
        pass(false);
    }

    /** Replays each LRA that is ending, due or not, and returns when each participant has been called once. */
    @Override
    public void recover() {
        pass(true);
        replays.await();
    }

    /** {@code GET /lra-coordinator/recovery} comes here. */
    @Override
    public void periodicWorkSecondPass() {
        recover();
    }

    /** A request has asked an LRA to end, and it has not: a participant is not done. It is asked soon. */
    void lookSoon(LongRunningAction lra) {
        replays.expect(lra.get_uid(), () -> replay(lra.get_uid(), lra.getId()));
    }

    /** Somebody asks again for the end of an LRA that is ending: its participants may be done. They are asked now. */
    void lookNow(LongRunningAction lra) {
        replays.submitNow(lra.get_uid(), () -> replay(lra.get_uid(), lra.getId()));
    }

    private synchronized void pass(boolean dueOrNot) {
        if (!loaded) {
            return;
        }
        Set<Uid> stored = store.uids(); // the store first, memory second: see unknownLastPass
        Map<String, LRAData> known = new HashMap<>();
        getService().getAll().forEach(lra -> known.put(LRAConstants.getLRAUid(lra.getLraId()), lra));
        Set<Uid> unknown = new HashSet<>();
        for (Uid uid : stored) {
            LRAData lra = known.get(uid.fileStringForm());
            if (lra == null) {
                unknown.add(uid);
            } else if (belongsToParent(lra)) {
                continue;
            } else if (lra.getStatus() != LRAStatus.Active) {
                replays.submit(uid, dueOrNot, () -> replay(uid, lra.getLraId()));
            } else if (lra.getFinishTime() > 0 && lra.getFinishTime() + TIMER_IS_LOST < clock.millis()) {
                replays.submit(uid, dueOrNot, () -> expire(lra));
            }
        }
        // one that is stored but not known may be starting or ending right now; if it is still so in the next pass,
        // its request could not finish the work
        unknownLastPass.retainAll(unknown);
        unknownLastPass.forEach(uid -> takeOver(new RestoredLra(getService(), uid)));
        unknown.removeAll(unknownLastPass);
        unknownLastPass.clear();
        unknownLastPass.addAll(unknown);
        replays.forgetAllBut(stored);
    }

    /** A nested LRA ends with its parent; a copy of it, made here, would enlist itself with the parent once more. */
    private boolean belongsToParent(LRAData known) {
        LongRunningAction lra = known.isTopLevel() ? null : getService().lookupTransaction(known.getLraId());
        return lra != null && getService().lookupTransaction(lra.getParentId()) != null;
    }

    private boolean takeOver(RestoredLra lra) {
        if (!lra.isPresent()) {
            return false;
        }
        if (lra.isFailed()) {
            moveEntryToFailedLRAPath(lra.get_uid());
            return false;
        }
        lra.takeOver(clock);
        LOGGER.debug("Took over LRA {}, which is {}", lra.getId(), lra.getLRAStatus());
        return true;
    }

    /** Narayana's timer gives up if it meets a join, and the LRA would stay active for ever. */
    private boolean expire(LRAData known) {
        LongRunningAction lra = getService().lookupTransaction(known.getLraId());
        if (lra != null && lra.getLRAStatus() == LRAStatus.Active) {
            getService().endLRA(known.getLraId(), true, false);
        }
        return true;
    }

    /** Returns whether nothing is left to do for this LRA. */
    private boolean replay(Uid uid, URI id) {
        var lock = getService().tryLockTransaction(id);
        if (lock == null) {
            return false; // a request or its timer is ending it
        }
        try {
            if (!store.contains(uid)) {
                getService().remove(id);
                return true;
            }
            RestoredLra lra = new RestoredLra(getService(), uid);
            if (!lra.isPresent()) {
                return true; // it ended at this moment, or cannot be read; the next pass sees which
            }
            if (lra.isFailed()) {
                return moveEntryToFailedLRAPath(uid);
            }
            boolean ended = lra.replay();
            if (!ended && isOverdue(uid)) {
                ended = giveUp(lra, uid, id);
            }
            LOGGER.debug("Recovered LRA {}, which is now {}", lra.getId(), lra.getLRAStatus());
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private boolean giveUp(RestoredLra lra, Uid uid, URI id) {
        if (!lra.giveUp()) {
            LOGGER.warn(
                    "LRA {}: a participant has not answered for {} and is given up, the next is asked",
                    id,
                    giveUpAfter);
            return false;
        }
        LOGGER.warn(
                "LRA {} is given up: participants have not answered for {}. It is among the failed ones",
                id,
                giveUpAfter);
        boolean moved = moveEntryToFailedLRAPath(uid);
        getService().remove(id);
        return moved;
    }

    private boolean isOverdue(Uid uid) {
        return !giveUpAfter.isZero() && replays.hasBeenReplayedFor(uid, giveUpAfter);
    }

    /** Narayana looks for a failed LRA among the live ones only, so that a failed one could never be deleted. */
    @Override
    public boolean removeCommitted(Uid uid) {
        try {
            if (StoreManager.getRecoveryStore().remove_committed(uid, FailedLongRunningAction.FAILED_LRA_TYPE)) {
                return true;
            }
        } catch (ObjectStoreException e) {
            LOGGER.debug("LRA {} is not among the failed ones", uid, e);
        }
        return super.removeCommitted(uid);
    }

    /** How an LRA failed; empty if it is not among the failed ones. Narayana knows such an LRA no more. */
    Optional<LRAStatus> failure(Uid uid) {
        return store.hasFailed(uid)
                ? getService().getFailedLRAs().stream()
                        .filter(lra -> LRAConstants.getLRAUid(lra.getLraId()).equals(uid.fileStringForm()))
                        .map(LRAData::getStatus)
                        .findFirst()
                : Optional.empty();
    }

    long countFailed() {
        return getService().getFailedLRAs().size();
    }

    /** The LRAs of each status, for health and for people. */
    Map<String, Long> countByStatus() {
        Map<URI, LRAData> each = new HashMap<>(); // Narayana lists an LRA that is ending twice
        getService().getAll().forEach(lra -> each.put(lra.getLraId(), lra));
        return each.values().stream()
                .collect(Collectors.groupingBy(lra -> lra.getStatus().name(), Collectors.counting()));
    }
}
