package dev.caravan.saga.state;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What moves a saga from one status to the next. The second group is Caravan's extension. */
public enum Transition {
    START,
    /** A step succeeded. */
    SUCCESS,
    COMPLETE,
    FAIL,
    TIMEOUT,
    /** A step was compensated. */
    COMPENSATE_SUCCESS,
    COMPENSATE_COMPLETE,
    COMPENSATE_FAIL,

    /** It was decided that the saga completes. */
    CLOSE,
    /** The completion callback of a step was done. */
    COMPLETE_SUCCESS,
    /** A completion was given up, or the undoing of a step that the route had gone around. */
    COMPLETE_FAIL,
    /** An operator has what failed tried again. */
    RETRY,
    /** An operator did by hand what was left. */
    RESOLVE;

    private static final Map<String, Transition> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Transition::name, Function.identity()));

    /** The transition of this name, if there is one. */
    public static Optional<Transition> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
