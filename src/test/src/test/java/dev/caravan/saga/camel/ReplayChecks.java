package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.Step;
import dev.caravan.saga.routes.Composition;
import dev.caravan.saga.routes.Node;
import dev.caravan.saga.routes.Node.Pipeline;
import dev.caravan.saga.routes.Node.StepNode;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the log says of a route that is run again: where nothing can differ, nothing is said to; one that has forgotten its
 * way stops at the first step of the other; and in doubt is only what nobody can know.
 */
final class ReplayChecks {

    /** What is said of a step that had begun when its process died. */
    static final String IN_DOUBT = "is in doubt: it began before a crash";

    private final Composition composition;
    private final Set<String> open = new HashSet<>();
    private final Set<Step> brokenOff = new HashSet<>();
    private final Set<Step> own = new HashSet<>();
    private Step last;

    ReplayChecks(Composition composition) {
        this.composition = composition;
    }

    /** @param entries of one saga */
    void check(List<SagaLogEntry> entries) {
        entries.forEach(entry -> {
            SagaEvent event = entry.event();
            if (event instanceof SagaEvent.Enlist joined) {
                joins(joined.step());
            } else if (event instanceof SagaEvent.StepUndone undone) {
                open.remove(undone.step().name());
            } else if (event instanceof SagaEvent.StepUnknown unknown
                    && unknown.command().equals(UnfinishedSteps.BLOCK)) {
                brokenOff.add(unknown.step());
            } else if (event instanceof SagaEvent.Fail fail) {
                fails(fail.step(), String.valueOf(fail.reason()));
            }
        });
    }

    /** Of the composition's own saga, where the log decides: its time-out holds, also beyond a crash. */
    void checkTime(List<SagaLogEntry> entries) {
        if (composition.limit() == 0 || composition.isOfLra()) {
            return;
        }
        Instant begin = time(entries, event -> !composition.limitsSteps() || isOfBlock(event));
        Instant end = time(entries, event -> event instanceof SagaEvent.Close || event instanceof SagaEvent.Complete);
        if (begin != null && end != null) {
            assertThat(end).as("completed in time").isBeforeOrEqualTo(begin.plusSeconds(composition.limit()));
        }
    }

    private static boolean isOfBlock(SagaEvent event) {
        return event instanceof SagaEvent.Enlist joined && joined.step().name().startsWith("STEP_");
    }

    private static Instant time(List<SagaLogEntry> entries, Predicate<SagaEvent> first) {
        return entries.stream()
                .filter(entry -> first.test(entry.event()))
                .findFirst()
                .map(SagaLogEntry::timestamp)
                .orElse(null);
    }

    private void joins(Step step) {
        last = step;
        own.add(step);
        open.add(step.name());
        if (composition.forgets()) {
            composition.choices().forEach(choice -> assertThat(takes(choice.first()) && takes(choice.second()))
                    .as("%s, behind the other way of %s", step, choice)
                    .isFalse());
        }
    }

    private boolean takes(Node way) {
        Stream<Node> direct = way instanceof Pipeline ? way.parts().stream() : Stream.of(way);
        return direct.filter(StepNode.class::isInstance)
                .map(StepNode.class::cast)
                .anyMatch(step -> open.contains(Effects.nameOf(step)));
    }

    private void fails(Step step, String reason) {
        assertThat(step == null || own.contains(step))
                .as("%s is a step of its own: %s", step, reason)
                .isTrue();
        if (composition.staysOnItsWay()) {
            assertThat(reason).as("a route that goes the same way").doesNotContain("the log has");
        }
        if (reason.contains("Step %s %s".formatted(step, IN_DOUBT))) { // otherwise it is told of a saga within
            assertThat(brokenOff).as("steps that are known to have broken off").doesNotContain(step);
            if (!composition.isParallel() && hasNoneWithin(step)) {
                assertThat(step).as("in doubt, and last").isEqualTo(last);
            }
        }
    }

    private boolean hasNoneWithin(Step step) {
        return composition.steps().stream()
                .filter(node -> Effects.nameOf(node).equals(step.name()))
                .allMatch(node -> node.inner() == null);
    }
}
