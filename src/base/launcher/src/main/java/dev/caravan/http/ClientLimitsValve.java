package dev.caravan.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what a client can make the server wait for. Tomcat's time-out is for each read: a client that sends a byte now
 * and then keeps a thread for ever, and some hundreds of them keep all. It stands before everything that reads a body,
 * forms and Tomcat's own skipping of what nobody has read included.
 *
 * <p>What is read without blocking, by a {@code ReadListener}, holds no thread and is left alone.
 */
final class ClientLimitsValve extends ValveBase {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClientLimitsValve.class);
    private static final int MOST_SKIPPED = 64 * 1024;

    private final long limitNanos;
    private final long maxBytes;
    private final WaitingRoom room;
    private final LongSupplier nanoTime;

    ClientLimitsValve(ClientLimits limits, int threads, LongSupplier nanoTime) {
        super(true);
        this.limitNanos = limits.bodyTimeout().toNanos();
        this.maxBytes = limits.maxBody().toBytes();
        this.room = new WaitingRoom(threads);
        this.nanoTime = nanoTime;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        org.apache.coyote.Request raw = request.getCoyoteRequest();
        if (raw.getReadListener() != null || isFullyRead(raw)) {
            getNext().invoke(request, response);
            return;
        }
        if (raw.getContentLengthLong() > maxBytes) {
            answer(response, BoundedBody.Refusal.TOO_LARGE);
            raw.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            return;
        }
        InputBuffer unbounded = raw.getInputBuffer();
        // a chunk's head may be there in part: reading it would wait for the rest
        boolean chunked = raw.getContentLengthLong() < 0;
        BoundedBody body = new BoundedBody(
                unbounded,
                () -> isFullyRead(raw) || !chunked && hasArrived(raw),
                room,
                nanoTime,
                limitNanos,
                maxBytes,
                refusal -> answer(response, refusal));
        raw.setInputBuffer(body);
        try {
            getNext().invoke(request, response);
        } finally {
            raw.setInputBuffer(unbounded);
        }
        if (body.refusal() != null || !isReusable(request, body)) {
            raw.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
    }

    private static boolean isReusable(Request request, BoundedBody body) {
        org.apache.coyote.Request raw = request.getCoyoteRequest();
        return request.isAsync() || isFullyRead(raw) || !raw.hasExpectation() && skipped(body, raw);
    }

    private static boolean isFullyRead(org.apache.coyote.Request raw) {
        AtomicBoolean read = new AtomicBoolean();
        raw.action(ActionCode.REQUEST_BODY_FULLY_READ, read);
        return read.get();
    }

    /** Not to be asked at the end of the body: what has arrived by then is the next request, which Tomcat would lose. */
    private static boolean hasArrived(org.apache.coyote.Request raw) {
        raw.action(ActionCode.AVAILABLE, Boolean.TRUE);
        return raw.getAvailable() > 0;
    }

    /** A connection is used again only if the rest of its body comes by the same rules. */
    private static boolean skipped(BoundedBody body, org.apache.coyote.Request raw) {
        Skipped skipped = new Skipped();
        try {
            int read = 0;
            for (long bytes = 0; bytes <= MOST_SKIPPED && read >= 0; bytes += Math.max(0, read)) {
                read = body.doRead(skipped);
            }
            return isFullyRead(raw);
        } catch (IOException tooSlow) {
            return false;
        }
    }

    private static final class Skipped implements ApplicationBufferHandler {

        private ByteBuffer buffer = EMPTY_BUFFER;

        @Override
        public void setByteBuffer(ByteBuffer read) {
            buffer = read;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return buffer;
        }

        @Override
        public void expand(int size) {}
    }

    /** What the application has written so far is dropped, unless it is on its way already. */
    private static void answer(Response response, BoundedBody.Refusal refusal) {
        if (response.isCommitted()) {
            return;
        }
        byte[] problem = "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
                .formatted(refusal.title, refusal.status, refusal.detail)
                .getBytes(StandardCharsets.UTF_8);
        response.reset();
        response.setStatus(refusal.status);
        response.setHeader("Connection", "close");
        response.setContentType("application/problem+json");
        response.setContentLength(problem.length);
        try {
            response.getOutputStream().write(problem);
            response.finishResponse();
        } catch (IOException e) {
            LOGGER.debug("A client was gone before it was told: {}", refusal.detail);
        }
    }
}
