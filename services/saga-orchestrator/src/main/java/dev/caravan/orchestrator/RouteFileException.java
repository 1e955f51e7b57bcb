package dev.caravan.orchestrator;

import java.nio.file.Path;

/** A route file is wrong. The message is one line: the file, the line in it if it is known, what is wrong, and the remedy. */
final class RouteFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param line 0: not known */
    RouteFileException(Path file, int line, String problem, String remedy, Throwable cause) {
        super("Route file %s%s: %s. %s".formatted(file, line > 0 ? ", line " + line : "", problem, remedy), cause);
    }
}
