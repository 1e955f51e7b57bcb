package dev.caravan.interop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What happened, in order. */
final class Journal {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    void add(String line) {
        lines.add(line);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    void clear() {
        lines.clear();
    }
}
