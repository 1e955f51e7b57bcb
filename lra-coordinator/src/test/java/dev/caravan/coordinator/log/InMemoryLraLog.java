package dev.caravan.coordinator.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A log for tests: one partition, and as many instances as open it, each with a thread of its own that reads. */
final class InMemoryLraLog {

    private record Message(String key, byte[] value) {}

    private final List<Message> messages = new ArrayList<>();

    synchronized void append(String key, byte[] value) {
        messages.add(new Message(key, value));
        notifyAll();
    }

    private synchronized Message await(int position) throws InterruptedException {
        while (messages.size() <= position) {
            wait();
        }
        return messages.get(position);
    }

    synchronized int size() {
        return messages.size();
    }

    /** What compaction would leave. */
    synchronized List<String> keys() {
        Map<String, byte[]> last = new LinkedHashMap<>();
        messages.forEach(message -> last.put(message.key(), message.value()));
        last.values().removeIf(value -> value == null);
        return List.copyOf(last.keySet());
    }

    /** One instance's view; it is assigned the partition by the test. */
    final class Instance implements LraLog {

        private Thread thread;
        private Reader reader;
        private int begun;
        private int read;
        private int mayRead = Integer.MAX_VALUE;

        @Override
        public int partitions() {
            return 1;
        }

        @Override
        public CompletionStage<Void> append(int partition, String key, byte[] value) {
            InMemoryLraLog.this.append(key, value);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void open(Reader to) {
            reader = to;
            thread = new Thread(this::read, "log");
            thread.setDaemon(true);
            int all = size();
            thread.start();
            awaitRead(all);
        }

        private synchronized void awaitRead(int end) {
            try {
                while (read < end) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        private void read() {
            try {
                for (int position = 0; ; position++) {
                    Message message = await(position);
                    begin(position);
                    reader.read(0, message.key(), message.value());
                    end(position);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized void begin(int position) throws InterruptedException {
            while (position >= mayRead) {
                wait();
            }
            begun = position + 1;
        }

        private synchronized void end(int position) {
            read = position + 1;
            notifyAll();
        }

        void gain() {
            reader.gained(0);
        }

        void lose() {
            reader.lost(0);
        }

        void release() {
            reader.revoked(0);
        }

        /** It reads nothing until it thaws. */
        synchronized void freeze() {
            readUntil(begun);
        }

        /** It reads one more, and freezes again. */
        synchronized void readOne() {
            readUntil(mayRead + 1);
        }

        private void readUntil(int end) {
            mayRead = end;
            notifyAll();
            awaitRead(end);
        }

        synchronized void thaw() {
            mayRead = Integer.MAX_VALUE;
            notifyAll();
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
