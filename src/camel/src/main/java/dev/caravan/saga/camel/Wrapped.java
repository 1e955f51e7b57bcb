package dev.caravan.saga.camel;

import java.util.Optional;
import org.apache.camel.DelegateProcessor;
import org.apache.camel.Processor;
import org.apache.camel.spi.WrapAwareProcessor;
import org.jspecify.annotations.Nullable;

/** What interceptors have wrapped. */
final class Wrapped {

    private Wrapped() {}

    /** The processor of this type, however often it was wrapped; empty: it is none, or something hides it. */
    static <T> Optional<T> find(Processor target, Class<T> type) {
        Processor found = target;
        Processor inner = within(found);
        while (!type.isInstance(found) && inner != null) {
            found = inner;
            inner = within(found);
        }
        return type.isInstance(found) ? Optional.of(type.cast(found)) : Optional.empty();
    }

    /** What is around nothing else. */
    static Processor innermost(Processor target) {
        Processor inner = within(target);
        return inner == null ? target : innermost(inner);
    }

    /** {@code intercept} puts a pipeline around, and says what is in it. */
    private static @Nullable Processor within(Processor around) {
        if (around instanceof WrapAwareProcessor intercepted) {
            return intercepted.getWrapped();
        }
        return around instanceof DelegateProcessor delegate ? delegate.getProcessor() : null;
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
