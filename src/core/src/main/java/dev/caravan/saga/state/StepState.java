package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.Phase;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the log says of one step.
 *
 * @param enlistment how it joined: its compensation, completion and options
 * @param results what its commands were answered, by command, in order
 * @param failures how its commands failed, by command, the last time
 * @param error why it was rejected, is unknown, timed out or could not be compensated; may be {@code null}
 * @param attempts how often what it is at (its command, its compensation, its completion) was tried without success
 * @param called what the application that enlisted it was called for and has not answered; {@code null}: nothing
 * @param left the message that its block left at its end; {@code null}: it has not come to its end, or needs no record
 * @param awaiting what it waits for, or waited for last, that may take long; {@code null}: nothing
 * @param givenUp for a program, why its compensation was given up; {@code null}: it was not, or that is not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepState(
        Step step,
        StepStatus status,
        SagaEvent.Enlist enlistment,
        Map<String, JsonNode> results,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, StepFailure> failures,
        String error,
        int attempts,
        Phase called,
        Instant enlistedAt,
        Instant updatedAt,
        StepLeft left,
        Awaiting awaiting,
        String givenUp) {

    public StepState {
        failures = failures == null ? Map.of() : failures;
    }

    /**
     * What a step waits for.
     *
     * @param command a command, or what a person or an event is to say
     * @param service that was sent the command; {@code null}: nobody was sent anything
     * @param deadline when it is too late
     * @param reminderMillis how long before that who has to answer is to be reminded; {@code null}: never
     * @param reminded whether that was done
     * @param over whether there is an answer, or it is too late: it does not wait any more
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Awaiting(
            String command,
            String service,
            Instant since,
            Instant deadline,
            Long reminderMillis,
            boolean reminded,
            boolean over) {

        private Awaiting then(boolean isReminded, boolean isOver) {
            return new Awaiting(command, service, since, deadline, reminderMillis, isReminded, isOver);
        }

        /** When who has to answer is to be reminded; empty: never, or not again. */
        public Optional<Instant> remindAt() {
            return reminderMillis == null || reminded
                    ? Optional.empty()
                    : Optional.of(deadline.minusMillis(reminderMillis));
        }
    }

    static StepState enlisted(SagaEvent.Enlist event, Instant at) {
        return new StepState(
                event.step(), StepStatus.ENLISTED, event, Map.of(), Map.of(), null, 0, null, at, at, null, null, null);
    }

    StepState with(StepStatus newStatus, String newError, Instant at) {
        return next(newStatus, newError, attempts, null, at, null, null);
    }

    private StepState next(StepStatus s, String e, int tries, Phase phase, Instant at, Awaiting what, String code) {
        return new StepState(step, s, enlistment, results, failures, e, tries, phase, enlistedAt, at, left, what, code);
    }

    StepState succeeded(String command, JsonNode result, Instant at) {
        if (status == StepStatus.COMPENSATED) {
            return this;
        }
        return new StepState(
                step,
                StepStatus.SUCCEEDED,
                enlistment,
                plus(results, command, result),
                failures,
                null,
                0,
                null,
                enlistedAt,
                at,
                left,
                unless(command),
                null);
    }

    /** Of a step with several commands, an earlier one may have taken effect: then the step is still to be undone. */
    StepState rejected(String command, String code, String newError, Instant at) {
        return failed(
                command,
                new StepFailure(StepStatus.REJECTED, code, newError),
                status == StepStatus.ENLISTED ? StepStatus.REJECTED : status,
                at);
    }

    StepState inDoubt(String command, StepFailure failure, Instant at) {
        return failed(command, failure, failure.kind(), at);
    }

    private StepState failed(String command, StepFailure failure, StepStatus newStatus, Instant at) {
        if (isConcluded()) {
            return this;
        }
        return new StepState(
                step,
                newStatus,
                enlistment,
                results,
                plus(failures, command, failure),
                failure.error(),
                0,
                null,
                enlistedAt,
                at,
                left,
                unless(command),
                null);
    }

    private Awaiting unless(String answered) {
        return awaits(answered) ? awaiting.then(awaiting.reminded(), true) : awaiting;
    }

    /** True while it waits for something that may take long. */
    @JsonIgnore
    public boolean isAwaiting() {
        return awaiting != null && !awaiting.over();
    }

    /** True while it waits for this. */
    public boolean awaits(String command) {
        return isAwaiting() && awaiting.command().equals(command);
    }

    /** It waits, or waits until another time. What is answered is not waited for. */
    StepState waits(Awaits.StepAwaits event, Instant at) {
        if (isConcluded() || event.command() == null || isAnswered(event.command())) {
            return this;
        }
        Instant since = awaits(event.command()) ? awaiting.since() : at;
        return waitsFor(
                new Awaiting(
                        event.command(),
                        event.service(),
                        since,
                        event.deadline(),
                        event.reminderMillis(),
                        false,
                        false),
                at);
    }

    /** Who has to answer was reminded. */
    StepState reminded(String command, Instant at) {
        return awaits(command) ? waitsFor(awaiting.then(true, false), at) : this;
    }

    private StepState waitsFor(Awaiting what, Instant at) {
        StepStatus newStatus = status == StepStatus.REJECTED ? StepStatus.ENLISTED : status;
        return next(newStatus, error, attempts, called, at, what, null);
    }

    /** Most steps have one command, and a map of one entry needs no table. */
    private static <T> Map<String, T> plus(Map<String, T> known, String command, T more) {
        if (known.isEmpty()) {
            return SmallMaps.of(InternedNames.name(command), more);
        }
        Map<String, T> all = new LinkedHashMap<>(known);
        all.put(command, more);
        return all;
    }

    /** A command is about to be sent, again or instead of one that was rejected. */
    StepState goesOn(int attempt, String newError, Instant at) {
        StepState tried = tried(attempt, newError, at);
        return status == StepStatus.REJECTED ? tried.with(StepStatus.ENLISTED, newError, at) : tried;
    }

    /** Its block came to its end: what no command has said of it before is that it took effect. */
    StepState ended(StepLeft message, Instant at) {
        if (isConcluded()) {
            return this;
        }
        StepStatus newStatus = status == StepStatus.ENLISTED ? StepStatus.SUCCEEDED : status;
        return new StepState(
                step,
                newStatus,
                enlistment,
                results,
                failures,
                error,
                attempts,
                called,
                enlistedAt,
                at,
                message,
                null,
                null);
    }

    /** A compensation was given up. */
    StepState compensationFailed(SagaEvent.StepCompensateFailed event, Instant at) {
        return next(StepStatus.COMPENSATION_FAILED, event.error(), event.attempts(), null, at, null, event.code());
    }

    /** A completion was given up. What could not be undone stays that. */
    StepState completionFailed(String newError, Instant at) {
        return status == StepStatus.COMPENSATION_FAILED ? this : with(StepStatus.COMPLETION_FAILED, newError, at);
    }

    /** What was given up is tried again. */
    StepState again(Instant at) {
        return switch (status) {
            case COMPENSATION_FAILED -> with(StepStatus.UNKNOWN, null, at);
            case COMPLETION_FAILED -> with(StepStatus.SUCCEEDED, null, at);
            default -> this;
        };
    }

    StepState called(Phase phase, Instant at) {
        return next(status, error, attempts, phase, at, null, null);
    }

    /** True when the step's compensation or completion is over: what becomes known of its action comes too late. */
    private boolean isConcluded() {
        return status == StepStatus.COMPLETED
                || status == StepStatus.COMPENSATED
                || status == StepStatus.COMPENSATION_FAILED
                || status == StepStatus.COMPLETION_FAILED;
    }

    StepState tried(int attempt, String newError, Instant at) {
        return next(status, newError, attempt, null, at, awaiting, null);
    }

    /** True when the command was answered SUCCESS; {@code null} is none. */
    public boolean isAnswered(String command) {
        return command != null && results.containsKey(command);
    }

    /** True when the route counts on the step, as far as is known: its completion may be run. */
    public boolean countsAsDone() {
        return status == StepStatus.ENLISTED || status == StepStatus.SUCCEEDED;
    }

    /** True when one of its commands may have taken effect, or not, and the step is not over. */
    public boolean hasCommandInDoubt() {
        return !isConcluded()
                && failures.entrySet().stream()
                        .anyMatch(failed -> failed.getValue().kind() != StepStatus.REJECTED
                                && !results.containsKey(failed.getKey()));
    }

    /**
     * For a program, why its compensation was given up, or else what the participant calls the reason why it said no; empty
     * where neither was said.
     */
    public Optional<String> code() {
        if (givenUp != null) {
            return Optional.of(givenUp);
        }
        return failures.values().stream()
                .filter(failure -> failure.kind() == StepStatus.REJECTED && failure.code() != null)
                .map(StepFailure::code)
                .findFirst();
    }

    public Optional<String> compensation() {
        return Optional.ofNullable(enlistment.compensation());
    }

    public Optional<String> completion() {
        return Optional.ofNullable(enlistment.completion());
    }
}
