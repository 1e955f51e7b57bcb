package dev.caravan.saga.engine;

import dev.caravan.saga.Step;
import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.StepState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The commands that a run of a route has asked its steps for, against those that an earlier run sent. The log has a command
 * when it is answered; of one that may be on its way, only what the route looked like tells. Guarded by {@link RecordedRun}.
 */
final class AskedCommands {

    private final Map<Step, Set<String>> asked = new HashMap<>(4);

    /** The steps in which this run is beyond what an earlier one can have sent. */
    private final Set<Step> beyond = new HashSet<>(4);

    void startAgain() {
        asked.clear();
        beyond.clear();
    }

    /**
     * @param step that an earlier run began
     * @param path of the branch that asks for a command
     * @return the one that an earlier run chose at this place, and that may be on its way
     */
    Optional<String> chosenInstead(StepState step, String command, String path) {
        Set<String> known = asked.computeIfAbsent(step.step(), unknown -> new HashSet<>(4));
        known.add(command);
        return step.isOpen(command) ? onTheirWay(step, path::equals).findFirst() : Optional.empty();
    }

    /** @return the one that an earlier run chose, of a step whose block has come to its end without it */
    Optional<String> leftOut(StepState step) {
        return onTheirWay(step, path -> true).findFirst();
    }

    private Stream<String> onTheirWay(StepState step, Predicate<String> path) {
        Set<String> known = asked.getOrDefault(step.step(), Set.of());
        return step.sent().entrySet().stream()
                .filter(sent -> path.test(sent.getValue()))
                .map(Map.Entry::getKey)
                .filter(sent -> step.isOpen(sent) && !known.contains(sent));
    }

    /**
     * @param step that an earlier run began
     * @param before what the route looked like to that run; {@code null}: it is not known
     * @param now what it looks like; {@code null}: it is not known
     * @return the command that comes next, or may, instead of the one that is asked for
     */
    Optional<String> instead(StepState step, String command, @Nullable RouteShape before, @Nullable RouteShape now) {
        Set<String> known = asked.getOrDefault(step.step(), Set.of());
        if (isInLog(step, command) || beyond.contains(step.step())) {
            return Optional.empty();
        }
        List<String> sentBefore = commands(before, step);
        List<String> sentNow = commands(now, step);
        boolean isNew = !sentBefore.contains(command);
        Optional<String> instead = Stream.concat(
                        Stream.concat(step.results().keySet().stream(), step.failures().keySet().stream()),
                        isNew ? sentBefore.stream() : Stream.empty())
                .filter(sent -> !known.contains(sent) && sentNow.contains(sent) != isNew)
                .findFirst();
        if (instead.isEmpty()) {
            beyond.add(step.step());
        }
        return instead;
    }

    private static boolean isInLog(StepState step, String command) {
        return step.results().containsKey(command) || step.failures().containsKey(command);
    }

    private static List<String> commands(@Nullable RouteShape shape, StepState step) {
        return shape == null ? List.of() : shape.commandsOf(step.step().name());
    }
}
