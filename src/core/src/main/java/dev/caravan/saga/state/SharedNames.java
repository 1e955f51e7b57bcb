package dev.caravan.saga.state;

import dev.caravan.saga.Step;

/** The names of routes, applications, endpoints, commands and steps: each is there once. */
public final class SharedNames {

    private static final int CAPACITY = 10_000;

    private static final Shared<String> NAMES = new Shared<>(CAPACITY);
    private static final Shared<Step> STEPS = new Shared<>(CAPACITY);

    private SharedNames() {}

    /** @return equal text; {@code null} for {@code null} */
    public static String name(String name) {
        return NAMES.of(name);
    }

    /** @throws IllegalArgumentException the text is no step */
    static Step step(String text) {
        return STEPS.of(Step.parse(text));
    }
}
