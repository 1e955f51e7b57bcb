package dev.caravan.cli;

/** Why a command is not done, and the exit code that says so. */
final class Failure extends RuntimeException {

    static final int REFUSED = 1;
    static final int NO_ANSWER = 3;
    static final int NOT_ALLOWED = 4;

    private final int exitCode;

    Failure(int exitCode, String message) {
        this(exitCode, message, null);
    }

    Failure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
