package dev.caravan.coordinator;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows an application that embeds the coordinator the reason instead of a stack trace. */
class OpenToOthersFailureAnalyzer extends AbstractFailureAnalyzer<OpenToOthersException> {

    static final String ACTION =
            "set server.address=127.0.0.1, or a caravan.lra.coordinator.secret that all have who use it";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, OpenToOthersException cause) {
        return new FailureAnalysis(cause.getMessage(), ACTION, cause);
    }
}
