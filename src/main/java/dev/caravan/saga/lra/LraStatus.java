package dev.caravan.saga.lra;

/** What a coordinator says of an LRA; the names of MicroProfile LRA 2.0, and GONE. */
enum LraStatus {
    Active,
    Closing,
    Closed,
    Cancelling,
    Cancelled,
    FailedToClose,
    FailedToCancel,
    /** The coordinator knows it no more: it has ended, one way or the other. */
    Gone;

    /** True when it was asked to close: it can no longer be cancelled. */
    boolean isClose() {
        return this == Closing || this == Closed || this == FailedToClose;
    }

    /** True while the coordinator is not done with it. */
    boolean isOpen() {
        return this == Active || this == Closing || this == Cancelling;
    }
}
