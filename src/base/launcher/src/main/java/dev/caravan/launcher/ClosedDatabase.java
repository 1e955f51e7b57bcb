package dev.caravan.launcher;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.util.Set;

/**
 * Has the pool throw away connections to an H2 in this process that has closed itself, as it does when its disk is full: the next
 * connection opens it again. H2 does not say so by an SQL state that the pool knows, and the pool looks only at connections that
 * nobody has used for half a second. Of other databases it changes nothing.
 */
public final class ClosedDatabase implements SQLExceptionOverride {

    /** DATABASE_IS_CLOSED, CONNECTION_BROKEN_1, DATABASE_CALLED_AT_SHUTDOWN, OBJECT_CLOSED of H2's {@code ErrorCode}. */
    private static final Set<Integer> CLOSED = Set.of(90098, 90067, 90121, 90007);

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        return CLOSED.contains(failure.getErrorCode()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
