package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.exceptions.ObjectStoreException;
import com.arjuna.ats.arjuna.objectstore.RecoveryStore;
import com.arjuna.ats.arjuna.objectstore.StateStatus;
import com.arjuna.ats.arjuna.objectstore.StoreManager;
import com.arjuna.ats.arjuna.state.InputObjectState;
import com.arjuna.ats.internal.arjuna.common.UidHelper;
import io.narayana.lra.coordinator.domain.model.FailedLongRunningAction;
import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads which LRAs have a live record, that is: have not ended and not failed. */
final class LraStore {

    /** Throws {@link IllegalStateException} or {@link UncheckedIOException} if the store cannot be read. */
    Set<Uid> uids() {
        RecoveryStore store = StoreManager.getRecoveryStore();
        InputObjectState packed = new InputObjectState();
        Set<Uid> uids = new LinkedHashSet<>();
        try {
            if (store.allObjUids(LongRunningAction.getType(), packed)) {
                for (Uid uid = next(packed); uid.notEquals(Uid.nullUid()); uid = next(packed)) {
                    if (store.currentState(uid, LongRunningAction.getType()) != StateStatus.OS_UNKNOWN) {
                        uids.add(uid);
                    }
                }
            }
            return uids;
        } catch (ObjectStoreException e) {
            throw new IllegalStateException("The LRA store does not say which LRAs it holds", e);
        } catch (IOException e) {
            throw new UncheckedIOException("The LRA store holds a list of LRAs that cannot be read", e);
        }
    }

    boolean contains(Uid uid) {
        return contains(uid, LongRunningAction.getType());
    }

    boolean hasFailed(Uid uid) {
        return contains(uid, FailedLongRunningAction.FAILED_LRA_TYPE);
    }

    private static boolean contains(Uid uid, String type) {
        try {
            return StoreManager.getRecoveryStore().currentState(uid, type) != StateStatus.OS_UNKNOWN;
        } catch (ObjectStoreException e) {
            throw new IllegalStateException("The LRA store does not say whether it holds LRA " + uid, e);
        }
    }

    private static Uid next(InputObjectState packed) throws IOException {
        return UidHelper.unpackFrom(packed);
    }
}
