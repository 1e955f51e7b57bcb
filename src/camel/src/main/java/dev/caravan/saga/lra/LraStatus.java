package dev.caravan.saga.lra;

import java.util.Arrays;
import java.util.Optional;

/** What a coordinator says of an LRA; the names of MicroProfile LRA 2.0, and GONE. */
public enum LraStatus {
    Active,
    Closing,
    Closed,
    Cancelling,
    Cancelled,
    FailedToClose,
    FailedToCancel,
    /** The coordinator knows it no more: it has ended, one way or the other. */
    Gone;

    /** What a body says; empty when it is no status. */
    public static Optional<LraStatus> of(String body) {
        String name = body == null ? "" : body.trim();
        return Arrays.stream(values())
                .filter(known -> known != Gone && known.name().equals(name))
                .findFirst();
    }

    /** True when it was asked to close: it can no longer be cancelled. */
    public boolean isClose() {
        return this == Closing || this == Closed || this == FailedToClose;
    }

    public boolean isCancel() {
        return this == Cancelling || this == Cancelled || this == FailedToCancel;
    }

    /** True while its participants are called. */
    public boolean isEnding() {
        return this == Closing || this == Cancelling;
    }

    /** True when a participant could not do its part: a person has to act. */
    public boolean isFailed() {
        return this == FailedToClose || this == FailedToCancel;
    }

    /** True while the coordinator is not done with it. */
    boolean isOpen() {
        return this == Active || this == Closing || this == Cancelling;
    }
}
