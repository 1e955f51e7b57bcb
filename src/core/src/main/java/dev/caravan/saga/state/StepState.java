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
import org.jspecify.annotations.Nullable;

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
 * @param sent the commands of which the log says that they were about to be sent, because its block chooses them, with the
 *     paths of their branches
 * @param correction what operators say in place of what is here, for its compensation or completion; {@code null}: nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepState(
        Step step,
        StepStatus status,
        SagaEvent.Enlist enlistment,
        Map<String, JsonNode> results,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, StepFailure> failures,
        @Nullable String error,
        int attempts,
        @Nullable Phase called,
        Instant enlistedAt,
        Instant updatedAt,
        @Nullable StepLeft left,
        @Nullable Awaiting awaiting,
        @Nullable String givenUp,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> sent,
        @Nullable Correction correction) {

    public StepState {
        failures = failures == null ? Map.of() : failures;
        sent = sent == null ? Map.of() : sent;
    }

    static StepState enlisted(SagaEvent.Enlist event, Instant at) {
        return new StepState(
                event.step(),
                StepStatus.ENLISTED,
                event,
                Map.of(),
                Map.of(),
                null,
                0,
                null,
                at,
                at,
                null,
                null,
                null,
                Map.of(),
                null);
    }

    private StepState but(
            StepStatus newStatus,
            @Nullable String newError,
            int newAttempts,
            @Nullable Phase newCalled,
            Instant at,
            @Nullable StepLeft newLeft,
            @Nullable Awaiting newAwaiting) {
        return copy(
                newStatus, results, failures, newError, newAttempts, newCalled, at, newLeft, newAwaiting, null, sent);
    }

    private StepState copy(
            StepStatus newStatus,
            Map<String, JsonNode> newResults,
            Map<String, StepFailure> newFailures,
            @Nullable String newError,
            int newAttempts,
            @Nullable Phase newCalled,
            Instant at,
            @Nullable StepLeft newLeft,
            @Nullable Awaiting newAwaiting,
            @Nullable String newGivenUp,
            Map<String, String> newSent) {
        return new StepState(
                step,
                newStatus,
                enlistment,
                newResults,
                newFailures,
                newError,
                newAttempts,
                newCalled,
                enlistedAt,
                at,
                newLeft,
                newAwaiting,
                newGivenUp,
                newSent,
                correction);
    }

    StepState with(StepStatus newStatus, @Nullable String newError, Instant at) {
        return but(newStatus, newError, attempts, null, at, left, null);
    }

    StepState succeeded(@Nullable String command, @Nullable JsonNode result, Instant at) {
        if (status == StepStatus.COMPENSATED) {
            return this;
        }
        Map<String, JsonNode> all = plus(results, command, result);
        return copy(StepStatus.SUCCEEDED, all, failures, null, 0, null, at, left, unless(command), null, sent);
    }

    /** Of a step with several commands, an earlier one may have taken effect: then the step is still to be undone. */
    StepState rejected(@Nullable String command, @Nullable String code, @Nullable String newError, Instant at) {
        return failed(
                command,
                new StepFailure(StepStatus.REJECTED, code, newError),
                status == StepStatus.ENLISTED ? StepStatus.REJECTED : status,
                at);
    }

    StepState inDoubt(String command, StepFailure failure, Instant at) {
        return failed(command, failure, failure.kind(), at);
    }

    private StepState failed(@Nullable String command, StepFailure failure, StepStatus newStatus, Instant at) {
        if (isConcluded()) {
            return this;
        }
        Map<String, StepFailure> all = plus(failures, command, failure);
        return copy(newStatus, results, all, failure.error(), 0, null, at, left, unless(command), null, sent);
    }

    private @Nullable Awaiting unless(@Nullable String answered) {
        return awaited(answered).map(it -> it.then(it.reminded(), true)).orElse(awaiting);
    }

    /** True while it waits for something that may take long. */
    @JsonIgnore
    public boolean isAwaiting() {
        return awaiting != null && !awaiting.over();
    }

    /** True while it waits for this. */
    public boolean awaits(@Nullable String command) {
        return awaited(command).isPresent();
    }

    /** What it waits for, if it is this. */
    public Optional<Awaiting> awaited(@Nullable String command) {
        return Optional.ofNullable(awaiting)
                .filter(it -> !it.over() && it.command().equals(command));
    }

    /** It waits, or waits until another time. What is answered is not waited for. */
    StepState waits(Awaits.StepAwaits event, Instant at) {
        if (isConcluded() || event.command() == null || isAnswered(event.command())) {
            return this;
        }
        Instant since = awaited(event.command()).map(Awaiting::since).orElse(at);
        Awaiting wanted = new Awaiting(
                event.command(), event.service(), since, event.deadline(), event.reminderMillis(), false, false);
        return waitsFor(wanted, at);
    }

    /** Who has to answer was reminded. */
    StepState reminded(String command, Instant at) {
        return awaited(command).map(it -> waitsFor(it.then(true, false), at)).orElse(this);
    }

    private StepState waitsFor(Awaiting what, Instant at) {
        return but(
                status == StepStatus.REJECTED ? StepStatus.ENLISTED : status, error, attempts, called, at, left, what);
    }

    /** Most steps have one command, and a map of one entry needs no table. */
    private static <T> Map<String, T> plus(Map<String, T> known, @Nullable String command, @Nullable T more) {
        if (known.isEmpty()) {
            return SmallMaps.of(InternedNames.name(command), more);
        }
        Map<String, T> all = new LinkedHashMap<>(known);
        all.put(command, more);
        return all;
    }

    /** Its block has chosen a command. */
    StepState sends(Awaits.StepSends event, Instant at) {
        Map<String, String> all = plus(sent, event.command(), event.path());
        return isConcluded()
                ? this
                : copy(status, results, failures, error, attempts, called, at, left, awaiting, givenUp, all);
    }

    /** True when the command may be on its way: it has neither an answer nor failed. */
    public boolean isOpen(String command) {
        return !results.containsKey(command) && !failures.containsKey(command);
    }

    /** A command is about to be sent, again or instead of one that was rejected. */
    StepState goesOn(int attempt, @Nullable String newError, Instant at) {
        StepState tried = tried(attempt, newError, at);
        return status == StepStatus.REJECTED ? tried.with(StepStatus.ENLISTED, newError, at) : tried;
    }

    /** Its block came to its end: what no command has said of it before is that it took effect. */
    StepState ended(StepLeft message, Instant at) {
        if (isConcluded()) {
            return this;
        }
        StepStatus newStatus = status == StepStatus.ENLISTED ? StepStatus.SUCCEEDED : status;
        return but(newStatus, error, attempts, called, at, message, null);
    }

    /** A compensation was given up. */
    StepState compensationFailed(SagaEvent.StepCompensateFailed event, Instant at) {
        StepStatus failed = StepStatus.COMPENSATION_FAILED;
        return copy(
                failed, results, failures, event.error(), event.attempts(), null, at, left, null, event.code(), sent);
    }

    /** A completion was given up. What could not be undone stays that. */
    StepState completionFailed(@Nullable String newError, Instant at) {
        return status == StepStatus.COMPENSATION_FAILED ? this : with(StepStatus.COMPLETION_FAILED, newError, at);
    }

    /** A person has seen to what was given up. */
    StepState seenTo(StepStatus compensation, StepStatus completion, Instant at) {
        StepStatus then = status == StepStatus.COMPENSATION_FAILED ? compensation : completion;
        return status.wasGivenUp() ? with(then, null, at) : this;
    }

    StepState called(Phase phase, Instant at) {
        return but(status, error, attempts, phase, at, left, null);
    }

    /** True when the step's compensation or completion is over: what becomes known of its action comes too late. */
    private boolean isConcluded() {
        return status == StepStatus.COMPLETED || status == StepStatus.COMPENSATED || status.wasGivenUp();
    }

    StepState tried(int attempt, @Nullable String newError, Instant at) {
        return but(status, newError, attempt, null, at, left, awaiting);
    }

    /** True when the command was answered SUCCESS; {@code null} is none. */
    public boolean isAnswered(@Nullable String command) {
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
