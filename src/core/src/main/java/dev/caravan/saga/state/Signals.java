package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came from outside for the steps of a saga.
 *
 * @param waiting no step has taken them yet; in the order of the log
 * @param known the ids of the latest, those that were taken as well, and of requests: what comes again changes nothing
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Signals(List<Awaits.Signal> waiting, List<String> known) {

    /** Of more, the oldest id is forgotten. */
    public static final int MOST = 100;

    static final Signals NONE = new Signals(List.of(), List.of());

    public Signals {
        waiting = waiting == null ? List.of() : waiting;
        known = known == null ? List.of() : known;
    }

    /** @param signals {@code null}: there are none */
    static @Nullable Signals after(@Nullable Signals signals, SagaEvent event) {
        if (event instanceof Awaits.Signal signal) {
            return (signals == null ? NONE : signals).plus(signal);
        }
        String taken = event instanceof Awaits.StepAnswered answer
                ? answer.signal()
                : event instanceof Awaits.StepAwaits awaits ? awaits.request() : null;
        return taken == null ? signals : (signals == null ? NONE : signals).without(taken);
    }

    private Signals plus(Awaits.Signal signal) {
        if (isKnown(signal.id())) {
            return this;
        }
        List<Awaits.Signal> all = new ArrayList<>(waiting);
        all.add(signal);
        return new Signals(List.copyOf(all), knownWith(signal.id()));
    }

    private Signals without(String id) {
        List<Awaits.Signal> rest = new ArrayList<>(waiting);
        rest.removeIf(signal -> id.equals(signal.id()));
        return new Signals(List.copyOf(rest), isKnown(id) ? known : knownWith(id));
    }

    private List<String> knownWith(String id) {
        List<String> ids = new ArrayList<>(known);
        ids.add(id);
        return List.copyOf(ids.subList(Math.max(0, ids.size() - MOST), ids.size()));
    }

    /** True when one of this id came before. */
    public boolean isKnown(String id) {
        return known.contains(id);
    }

    /** The first of a name that no step has taken. */
    public Optional<Awaits.Signal> next(String name) {
        return waiting.stream()
                .filter(signal -> Objects.equals(name, signal.name()))
                .findFirst();
    }
}
