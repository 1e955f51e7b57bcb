package dev.caravan.saga.state;

import dev.caravan.saga.Step;
import org.jspecify.annotations.Nullable;

/** The names of routes, applications, endpoints, commands and steps: each is there once. */
public final class InternedNames {

    private static final int CAPACITY = 10_000;

    private static final Interner<String> NAMES = new Interner<>(CAPACITY);
    private static final Interner<Step> STEPS = new Interner<>(CAPACITY);

    private InternedNames() {}

    /** @return equal text; {@code null} for {@code null} */
    public static @Nullable String name(@Nullable String name) {
        return name == null ? null : NAMES.of(name);
    }

    /** @throws IllegalArgumentException the text is no step */
    static Step step(String text) {
        return STEPS.of(Step.parse(text));
    }
}
