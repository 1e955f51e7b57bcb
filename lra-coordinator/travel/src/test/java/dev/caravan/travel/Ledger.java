package dev.caravan.travel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What an application has done to the world, in a file: it outlives a kill of the process, and the test reads it. */
final class Ledger {

    private final Path file;

    Ledger(Path directory, String application) {
        this.file = directory.resolve(application + ".ledger");
    }

    /** Something was sold, for a trip. */
    void sell(String what) {
        add("sold " + what);
    }

    /** Gives back what was sold and not given back yet; without any, nothing is done. */
    synchronized void giveBack(String what) {
        if (count("sold " + what) > count("returned " + what)) {
            add("returned " + what);
        }
    }

    long sold(String what) {
        return count("sold " + what);
    }

    long returned(String what) {
        return count("returned " + what);
    }

    /** The first time, the application stands still here, for the test to kill it; after that, it goes on. */
    void haltOnce(String trip) throws InterruptedException {
        if (count("halted " + trip) == 0) {
            add("halted " + trip);
            new CountDownLatch(1).await();
        }
    }

    boolean hasHalted(String trip) {
        return count("halted " + trip) > 0;
    }

    private synchronized void add(String line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long count(String line) {
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            return lines.stream().filter(line::equals).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
