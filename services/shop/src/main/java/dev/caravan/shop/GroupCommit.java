package dev.caravan.shop;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.lang.Nullable;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Lets a commit return when it is durable, with one flush for all that were committed meanwhile, as other databases do by
 * themselves. H2 writes for each commit alone ({@code WRITE_DELAY=0}), or at some time later.
 *
 * <p>If a flush fails, so does the commit whose thread made it, though it may have taken effect; the others try themselves.
 */
final class GroupCommit implements TransactionExecutionListener {

    private final Runnable flush;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition flushed = lock.newCondition();
    private long committed;
    private long durable;
    private boolean flushing;

    /** @param flush makes durable what is committed; may run in any thread that commits, in one at a time */
    GroupCommit(Runnable flush) {
        this.flush = flush;
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        if (failure == null) {
            awaitDurable();
        }
    }

    private void awaitDurable() {
        lock.lock();
        try {
            long mine = ++committed;
            while (durable < mine) {
                if (flushing) {
                    flushed.awaitUninterruptibly();
                } else {
                    flushAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void flushAll() {
        long last = committed;
        flushing = true;
        lock.unlock();
        try {
            flush.run();
        } finally {
            lock.lock();
            flushing = false;
            flushed.signalAll();
        }
        durable = last;
    }
}
