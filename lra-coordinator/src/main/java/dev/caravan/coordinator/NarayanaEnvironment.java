package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.RecoveryEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.arjuna.common.recoveryPropertyManager;
import com.arjuna.ats.arjuna.exceptions.FatalError;
import com.arjuna.ats.arjuna.objectstore.StoreManager;
import com.arjuna.ats.arjuna.recovery.RecoveryManager;
import com.arjuna.ats.internal.arjuna.objectstore.hornetq.HornetqJournalEnvironmentBean;
import com.arjuna.ats.internal.arjuna.objectstore.hornetq.HornetqObjectStoreAdaptor;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import io.narayana.lra.coordinator.internal.Implementations;
import io.narayana.lra.coordinator.internal.LRARecoveryModule;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;

/** The static settings and singletons of Narayana: the only place that knows them. */
final class NarayanaEnvironment {

    /** Narayana writes through three stores; a name that is {@code null} means the default one, with the LRAs in it. */
    private static final String[] STORES = {null, "communicationStore", "stateStore"};

    private NarayanaEnvironment() {}

    /**
     * Opens the journal and makes the recovery known; from here on LRAs can be stored. The recovery is made after the
     * store is open, because its constructor looks at the store.
     */
    static <R extends LRARecoveryModule> R open(Path directory, LraCoordinatorProperties settings, Supplier<R> maker) {
        configureStore(directory, settings.journalFlushesPerSecond());
        try {
            arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier(settings.nodeId());
        } catch (CoreEnvironmentBeanException e) {
            throw new IllegalArgumentException("Narayana refuses the node id " + settings.nodeId(), e);
        }
        arjPropertyManager.getCoordinatorEnvironmentBean().setTransactionStatusManagerEnable(false); // it opens a port
        RecoveryEnvironmentBean environment = recoveryPropertyManager.getRecoveryEnvironmentBean();
        environment.setExpiryScannerClassNames(List.of());
        environment.setRecoveryBackoffPeriod(1); // seconds
        environment.setRecoveryListener(false); // it opens a port
        Implementations.install();
        R recovery = recovery(directory, maker);
        environment.setRecoveryModules(List.of(recovery));
        RecoveryManager.delayRecoveryManagerThread(); // RecoverySchedule calls the recovery
        RecoveryManager.manager(RecoveryManager.INDIRECT_MANAGEMENT).initialize();
        return recovery;
    }

    private static <R> R recovery(Path directory, Supplier<R> maker) {
        try {
            return maker.get();
        } catch (FatalError e) {
            throw new StoreUnusableException(directory, "its journal does not open", e);
        }
    }

    /** Closes the journal and forgets everything, so that another coordinator can be opened in this JVM. */
    static void close() {
        try {
            RecoveryManager.manager().terminate();
        } finally {
            ((ScheduledThreadPoolExecutor) Fields.read(LongRunningAction.class, "scheduler", null))
                    .getQueue()
                    .clear();
            Fields.write(LRARecoveryModule.class, "lraRecoveryModule", null, null);
            Fields.write(LRARecoveryModule.class, "_recoveryStore", null, null);
            StoreManager.shutdown();
        }
    }

    private static void configureStore(Path directory, int flushesPerSecond) {
        HornetqJournalEnvironmentBean journal = BeanPopulator.getDefaultInstance(HornetqJournalEnvironmentBean.class);
        journal.setStoreDir(directory.resolve("journal").toString());
        journal.setAsyncIO(false); // needs a native library
        journal.setBufferFlushesPerSecond(flushesPerSecond);
        for (String name : STORES) {
            ObjectStoreEnvironmentBean store = BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, name);
            store.setObjectStoreDir(directory.resolve("objects").toString());
            store.setObjectStoreType(HornetqObjectStoreAdaptor.class.getName());
        }
    }
}
