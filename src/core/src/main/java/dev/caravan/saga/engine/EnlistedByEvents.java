package dev.caravan.saga.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Which step an event asks for. Events are delivered at least once: one that comes again must not make a second step,
 * and two different ones must not become one. What tells them apart are the options of the enlistment.
 */
public final class EnlistedByEvents {

    private static final ObjectMapper JSON = new MessageCodec().json();

    private EnlistedByEvents() {}

    static Step stepOf(List<StepState> steps, SagaEvent.Enlist asked) {
        return stepOf(steps, asked, known -> true);
    }

    /** @param free which steps it may be, of those that are there */
    static Step stepOf(List<StepState> steps, SagaEvent.Enlist asked, Predicate<StepState> free) {
        return steps.stream()
                .filter(known -> isSame(known.enlistment(), asked) && free.test(known))
                .findFirst()
                .map(StepState::step)
                .orElseGet(() -> next(steps, asked.step().name()));
    }

    /** One that is not there yet. */
    static Step next(List<StepState> steps, String name) {
        int last = 0;
        for (StepState known : steps) {
            if (known.step().name().equals(name)) {
                last = Math.max(last, known.step().occurrence());
            }
        }
        return new Step(name, last + 1);
    }

    /** What was asked for, as this step. */
    static SagaEvent.Enlist as(Step step, SagaEvent.Enlist asked, RecordedRun run) {
        return new SagaEvent.Enlist(
                step,
                asked.compensation(),
                asked.completion(),
                asked.options(),
                asked.branch(),
                asked.application(),
                asked.request(),
                asked.kind(),
                asked.kinds(),
                asked.path(),
                asked.again() != null && run.isOfEarlier(step) ? true : null);
    }

    /** True when the callbacks of both could not tell them apart, whichever occurrence of its name a step is. */
    public static boolean isSame(SagaEvent.Enlist known, SagaEvent.Enlist asked) {
        return known.step().name().equals(asked.step().name())
                && Objects.equals(known.compensation(), asked.compensation())
                && Objects.equals(known.completion(), asked.completion())
                && Objects.equals(known.application(), asked.application())
                && text(known.options()).equals(text(asked.options()));
    }

    /** As the log has it, where a long may be read as an integer and bytes as text: what counts is the value. */
    private static String text(Map<String, Object> options) {
        return JSON.valueToTree(new TreeMap<>(options)).toString();
    }
}
