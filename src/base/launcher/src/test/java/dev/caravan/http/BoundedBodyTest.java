package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.junit.jupiter.api.Test;

class BoundedBodyTest {

    private static final long LIMIT = Duration.ofSeconds(10).toNanos();

    private final WaitingRoom room = new WaitingRoom(4);
    private final List<BoundedBody.Refusal> told = new ArrayList<>();
    private final List<Boolean> waits = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5;
    private boolean arrived;
    private boolean silent;

    /** A client that sends a byte every four seconds, which is in time for each read. */
    private final InputBuffer slow = new InputBuffer() {
        @Override
        public int doRead(ApplicationBufferHandler handler) throws IOException {
            boolean first = room.enter();
            boolean second = room.enter();
            waits.add(!second);
            if (first) {
                room.leave();
            }
            if (second) {
                room.leave();
            }
            if (silent) {
                throw new SocketTimeoutException();
            }
            now += Duration.ofSeconds(4).toNanos();
            return 1;
        }

        @Override
        public int available() {
            return 0;
        }
    };

    private final BoundedBody body = new BoundedBody(slow, () -> arrived, room, () -> now, LIMIT, 5, told::add);

    @Test
    void cutsOffABodyThatComesByteByByte() throws IOException {
        assertThat(body.doRead(null)).isOne();
        assertThat(body.doRead(null)).isOne();

        assertThatThrownBy(() -> body.doRead(null)).isInstanceOf(IOException.class);
        assertThat(body.refusal()).isEqualTo(BoundedBody.Refusal.TOO_LATE);
        assertThatThrownBy(() -> body.doRead(null)).isInstanceOf(IOException.class);
        assertThat(told).containsExactly(BoundedBody.Refusal.TOO_LATE);
        assertThat(waits).hasSize(3);
    }

    @Test
    void cutsOffABodyThatStaysSilent() {
        silent = true;

        assertThatThrownBy(() -> body.doRead(null)).isInstanceOf(SocketTimeoutException.class);
        assertThat(body.refusal()).isEqualTo(BoundedBody.Refusal.TOO_LATE);
    }

    @Test
    void takesAPlaceOnlyWhileItWaits() throws IOException {
        body.doRead(null);
        arrived = true;
        body.doRead(null);

        assertThat(waits).containsExactly(true, false);
        assertThat(room.enter()).isTrue();
        assertThat(room.enter()).isTrue();
    }

    @Test
    void refusesWhenTooManyWait() {
        room.enter();
        room.enter();

        assertThatThrownBy(() -> body.doRead(null)).isInstanceOf(IOException.class);
        assertThat(body.refusal()).isEqualTo(BoundedBody.Refusal.TOO_MANY);
        assertThat(waits).isEmpty();
    }

    @Test
    void refusesABodyThatIsTooLarge() throws IOException {
        BoundedBody large = new BoundedBody(slow, () -> arrived, room, () -> 0, LIMIT, 2, told::add);
        large.doRead(null);
        large.doRead(null);

        assertThatThrownBy(() -> large.doRead(null)).isInstanceOf(IOException.class);
        assertThat(large.refusal()).isEqualTo(BoundedBody.Refusal.TOO_LARGE);
    }
}
