package dev.caravan.saga.state;

import org.jspecify.annotations.Nullable;

/** An entry is larger than the log takes. It is not in the log, and sending it again would change nothing. */
public final class EntryTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * @param bytes of the encoded entry
     * @param remedy which settings allow for more
     */
    public EntryTooLargeException(SagaLogEntry entry, int bytes, String remedy, @Nullable Throwable cause) {
        super(
                "%s of saga %s takes %d bytes, more than the log accepts. Pass a reference to what is large, or %s"
                        .formatted(EventTypes.of(entry.event().getClass()), entry.sagaId(), bytes, remedy),
                cause);
    }
}
