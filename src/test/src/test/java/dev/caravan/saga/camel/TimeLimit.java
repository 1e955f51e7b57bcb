package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.HangLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The threads of time limits. Each is at work until its step {@linkplain #hangs hangs}, and only then the limit of a
 * millisecond begins; it goes on when the route says so. So one thread is at work at a time.
 */
final class TimeLimit extends EndlessThreads {

    private record Call(CountDownLatch atWork, CountDownLatch released, CountDownLatch ended) {}

    private final List<Call> calls = new ArrayList<>();

    @Override
    public void execute(Runnable tried) {
        Call call = new Call(new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1));
        calls.add(call);
        new Thread(
                        () -> {
                            try {
                                tried.run();
                            } finally {
                                call.ended().countDown();
                                call.atWork().countDown();
                            }
                        },
                        "time-limit")
                .start();
        await(call.atWork());
    }

    void hangs() {
        Call call = calls.get(calls.size() - 1);
        call.atWork().countDown();
        await(call.released());
    }

    void goesOn() {
        calls.forEach(call -> {
            call.released().countDown();
            await(call.ended());
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
