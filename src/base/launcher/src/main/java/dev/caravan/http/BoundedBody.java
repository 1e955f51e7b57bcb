package dev.caravan.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * The body of one request: read as long as it comes in time, is not too large, and has a place to be waited for. A read
 * that is refused fails, and so do all that follow.
 */
final class BoundedBody implements InputBuffer {

    private final InputBuffer body;
    private final BooleanSupplier hasArrived;
    private final WaitingRoom room;
    private final LongSupplier nanoTime;
    private final long deadline;
    private final long maxBytes;
    private final Consumer<Refusal> whenRefused;
    private long bytes;
    private Refusal refusal;

    /** Why nothing more is read. */
    enum Refusal {
        TOO_LATE(408, "Request Timeout", "The body did not come in time: send it at once"),
        TOO_LARGE(413, "Payload Too Large", "The body is larger than this server takes"),
        TOO_MANY(503, "Service Unavailable", "Too many clients are sending slowly: try again later");

        final int status;
        final String title;
        final String detail;

        Refusal(int status, String title, String detail) {
            this.status = status;
            this.title = title;
            this.detail = detail;
        }
    }

    /**
     * @param hasArrived whether there is something to read without waiting
     * @param whenRefused answers, before the one who reads makes an error of his own of it; called once
     */
    BoundedBody(
            InputBuffer body,
            BooleanSupplier hasArrived,
            WaitingRoom room,
            LongSupplier nanoTime,
            long limitNanos,
            long maxBytes,
            Consumer<Refusal> whenRefused) {
        this.whenRefused = whenRefused;
        this.body = body;
        this.hasArrived = hasArrived;
        this.room = room;
        this.nanoTime = nanoTime;
        this.deadline = nanoTime.getAsLong() + limitNanos;
        this.maxBytes = maxBytes;
    }

    /** {@code null}: all is well. */
    Refusal refusal() {
        return refusal;
    }

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
        check();
        int read;
        if (hasArrived.getAsBoolean()) {
            read = body.doRead(handler);
        } else if (room.enter()) {
            try {
                read = body.doRead(handler);
            } catch (SocketTimeoutException e) {
                refuse(Refusal.TOO_LATE);
                throw e;
            } finally {
                room.leave();
            }
        } else {
            throw refused(Refusal.TOO_MANY);
        }
        bytes += Math.max(0, read);
        check();
        return read;
    }

    private void check() throws IOException {
        if (refusal != null) {
            throw refused(refusal);
        }
        if (bytes > maxBytes) {
            throw refused(Refusal.TOO_LARGE);
        }
        if (nanoTime.getAsLong() - deadline > 0) {
            throw refused(Refusal.TOO_LATE);
        }
    }

    private void refuse(Refusal reason) {
        if (refusal == null) {
            refusal = reason;
            whenRefused.accept(reason);
        }
    }

    private IOException refused(Refusal reason) {
        refuse(reason);
        return new IOException(reason.detail);
    }

    @Override
    public int available() {
        return body.available();
    }
}
