package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** A stream whose client has reset. */
class SagaEventStreamTest {

    private final List<String> calls = new ArrayList<>();
    private final List<SagaEventStream> gone = new ArrayList<>();

    private final SseEmitter reset = new SseEmitter() {
        @Override
        public void send(SseEventBuilder event) throws IOException {
            calls.add("send");
            throw new IOException("Connection reset by peer");
        }

        @Override
        public void complete() {
            calls.add("complete");
        }

        @Override
        public void completeWithError(Throwable failure) {
            calls.add("completeWithError");
        }
    };

    private final SagaEventStream stream =
            new SagaEventStream(reset, Runnable::run, "user ann", Instant.EPOCH, gone::add);

    @Test
    void doesNothingWithTheResponseAfterAWriteThatFailed() {
        stream.beat();
        stream.beat();

        assertThat(calls).containsExactly("send");
        assertThat(gone).containsExactly(stream);
    }
}
