package dev.caravan.coordinator;

import io.narayana.lra.coordinator.domain.model.LongRunningAction;
import io.narayana.lra.coordinator.domain.service.LRAService;
import io.narayana.lra.coordinator.internal.LRARecoveryModule;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.microprofile.lra.annotation.LRAStatus;

/**
 * Stores a renewed time limit before the renewal is answered; Narayana changes it in memory only, so that a restart
 * would cancel the LRA at its old limit. Answers 503 if it could not be stored.
 */
@Provider
class RenewalFilter implements ContainerResponseFilter {

    private static final String RENEW = "/renew";
    private static final long LOCK_TIMEOUT = 500; // ms

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        String path = request.getUriInfo().getAbsolutePath().toString();
        if (path.endsWith(RENEW) && response.getStatus() == Status.OK.getStatusCode()) {
            store(URI.create(path.substring(0, path.length() - RENEW.length())), response);
        }
    }

    private static void store(URI id, ContainerResponseContext response) {
        LRAService service = LRARecoveryModule.getService();
        LongRunningAction lra = service.lookupTransaction(id);
        if (lra == null) {
            return;
        }
        ReentrantLock lock = service.tryTimedLockTransaction(lra.getId(), LOCK_TIMEOUT);
        if (lock == null) {
            return; // a request is ending the LRA: its limit has no meaning any more
        }
        try {
            if (lra.getLRAStatus() == LRAStatus.Active && !lra.deactivate()) {
                response.setStatus(Status.SERVICE_UNAVAILABLE.getStatusCode());
                response.setEntity("The new time limit of LRA " + lra.getId() + " could not be stored; try again");
            }
        } finally {
            lock.unlock();
        }
    }
}
