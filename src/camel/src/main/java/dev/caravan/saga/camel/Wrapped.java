package dev.caravan.saga.camel;

import java.util.Optional;
import org.apache.camel.DelegateProcessor;
import org.apache.camel.Processor;

/** What interceptors have wrapped. */
final class Wrapped {

    private Wrapped() {}

    /** The processor of this type, however often it was wrapped; empty: it is none, or something hides it. */
    static <T> Optional<T> find(Processor target, Class<T> type) {
        Processor found = target;
        while (!type.isInstance(found) && found instanceof DelegateProcessor delegate) {
            found = delegate.getProcessor();
        }
        return type.isInstance(found) ? Optional.of(type.cast(found)) : Optional.empty();
    }

    /**
     * @param what it is called where routes are written
     * @throws IllegalStateException something hides it
     */
    static <T> T in(Processor target, Class<T> type, String what) {
        return find(target, type)
                .orElseThrow(() -> new IllegalStateException(
                        "A %s cannot be looked into, because something hides it: %s. Remove the InterceptStrategy that wraps it"
                                .formatted(what, target)));
    }
}
