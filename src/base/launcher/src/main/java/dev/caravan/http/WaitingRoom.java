package dev.caravan.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many threads of the server may wait for a client at the same time: half of them. A quarter of them may wait for a
 * moment for a place. So a quarter is left for those who say at once what they want, whatever the others do.
 */
final class WaitingRoom {

    private static final long MOMENT_MILLIS = 250;

    private final Semaphore places;
    private final Semaphore door;

    /** @param threads of the server */
    WaitingRoom(int threads) {
        this.places = new Semaphore(Math.max(1, threads / 2));
        this.door = new Semaphore(threads / 4);
    }

    /** @return false: there is no place; true: {@link #leave} has to follow */
    boolean enter() {
        if (places.tryAcquire()) {
            return true;
        }
        if (!door.tryAcquire()) {
            return false;
        }
        try {
            return places.tryAcquire(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            door.release();
        }
    }

    void leave() {
        places.release();
    }
}
