package dev.caravan.coordinator;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows an application that embeds the coordinator the reason instead of a stack trace. */
class StoreUnusableFailureAnalyzer extends AbstractFailureAnalyzer<StoreUnusableException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StoreUnusableException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Set caravan.lra.coordinator.store-dir to a directory that this process can write and no other"
                        + " coordinator uses.",
                cause);
    }
}
