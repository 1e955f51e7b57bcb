package dev.caravan.launcher;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.NestedExceptionUtils;

/** Finds the one line that helps in a chain of causes. */
final class StartFailure {

    private static final String OURS = "dev.caravan.";

    private StartFailure() {}

    /** What our own code says counts most, since it says what to do; otherwise the deepest cause. */
    static String reason(Throwable failure) {
        String ours = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PortInUseException inUse) {
                return "port %d is in use. Choose another with --server.port=<port>".formatted(inUse.getPort());
            }
            if (ours == null && cause.getMessage() != null && isThrownByUs(cause)) {
                ours = cause.getMessage();
            }
        }
        return firstLine(ours == null ? general(failure) : ours);
    }

    private static boolean isThrownByUs(Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(OURS);
    }

    private static String general(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException wrong && wrong.getProperty() != null) {
                return "%s cannot be '%s'"
                        .formatted(wrong.getName(), wrong.getProperty().getValue());
            }
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
