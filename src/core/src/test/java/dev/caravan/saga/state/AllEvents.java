package dev.caravan.saga.state;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Every event that the log may have, but for those of a type that is not known. */
public final class AllEvents {

    private AllEvents() {}

    public static List<Class<?>> types() {
        return of(SagaEvent.class)
                .filter(type -> type != SagaEvent.Unknown.class)
                .toList();
    }

    private static Stream<Class<?>> of(Class<?> type) {
        return type.isSealed() ? Arrays.stream(type.getPermittedSubclasses()).flatMap(AllEvents::of) : Stream.of(type);
    }
}
