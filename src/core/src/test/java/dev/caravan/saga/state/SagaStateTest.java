package dev.caravan.saga.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.message.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The fold of a saga's log, for any log whatever. What it does to steps is in {@link StepFoldingTest}. */
class SagaStateTest {

    private static final Step PAY = new Step("PAY", 1);

    private final SagaLogCodec codec = new SagaLogCodec();

    @Provide
    Arbitrary<List<SagaLogEntry>> logs() {
        return Logs.any();
    }

    @Provide
    Arbitrary<List<SagaLogEntry>> startedLogs() {
        return Logs.started();
    }

    @Provide
    Arbitrary<Logs.Twice> logsWithDuplicates() {
        return Logs.withDuplicates();
    }

    @Property
    void everyPrefixOfAnyLogFoldsToALegalState(@ForAll("logsWithDuplicates") Logs.Twice log) {
        SagaState state = SagaState.initial(Logs.SAGA);
        for (SagaLogEntry entry : log.repeated()) {
            SagaState before = state;
            state = state.apply(entry);
            assertThatItIsLegal(before, entry, state);
        }
    }

    private static void assertThatItIsLegal(SagaState before, SagaLogEntry entry, SagaState after) {
        assertThat(after.status() == SagaStatus.INITIAL).isEqualTo(after.start() == null);
        assertThat(after.startedAt() == null).isEqualTo(after.start() == null);
        assertThat(after.nextSequence())
                .isEqualTo(after.start() == null ? 0 : Math.max(before.nextSequence(), entry.sequence() + 1));
        assertThat(after.steps()).extracting(StepState::step).doesNotHaveDuplicates();
        assertThat(after.steps().subList(0, before.steps().size()))
                .extracting(StepState::step)
                .containsExactlyElementsOf(
                        before.steps().stream().map(StepState::step).toList());
        if (after.status() != before.status()) {
            Transition transition = entry.event().transition().orElseThrow();
            assertThat(
                            before.failedForward()
                                    ? SagaStateMachine.nextForward(transition)
                                    : SagaStateMachine.next(before.status(), transition))
                    .contains(after.status());
        }
        if (after.ignored() != before.ignored()) {
            assertThat(after.ignored()).isEqualTo(before.ignored() + 1);
            assertThat(after.status()).isEqualTo(before.status());
            assertThat(after.steps()).isEqualTo(before.steps());
            assertThat(after.reason()).isEqualTo(before.reason());
            assertThat(after.trouble()).isEqualTo(before.trouble());
        }
    }

    @Property
    void duplicatesChangeNothingButTheirCount(@ForAll("logsWithDuplicates") Logs.Twice log) {
        SagaState once = SagaState.replay(Logs.SAGA, log.once());
        SagaState repeated = SagaState.replay(Logs.SAGA, log.repeated());

        int duplicates = log.repeated().size() - log.once().size();
        assertThat(repeated).isEqualTo(ignoring(once, once.ignored() + duplicates));
    }

    @Property
    void ofTwoEntriesWithOneSequenceTheFirstCounts(
            @ForAll("startedLogs") List<SagaLogEntry> log, @ForAll("logs") List<SagaLogEntry> other) {
        List<SagaLogEntry> both = new ArrayList<>(log);
        List<SagaLogEntry> late = other.subList(0, Math.min(other.size(), log.size()));
        both.addAll(late);

        SagaState alone = SagaState.replay(Logs.SAGA, log);
        assertThat(SagaState.replay(Logs.SAGA, both)).isEqualTo(ignoring(alone, alone.ignored() + late.size()));
    }

    @Property
    void whatAnInstanceWritesThatLostTheSagaChangesNothing(
            @ForAll("startedLogs") List<SagaLogEntry> before,
            @ForAll("logs") List<SagaLogEntry> after,
            @ForAll("logs") List<SagaLogEntry> stale) {
        int taken = before.size();
        List<SagaLogEntry> alone = new ArrayList<>(before);
        alone.add(inEpoch(1, taken, new SagaEvent.Resume("second")));
        after.forEach(entry -> alone.add(inEpoch(1, taken + 1 + entry.sequence(), entry.event())));
        List<SagaLogEntry> both = new ArrayList<>(alone);
        stale.forEach(entry -> both.add(
                taken + 1 + (int) (entry.sequence() * 7 % (both.size() - taken)),
                inEpoch(0, taken + entry.sequence(), entry.event())));

        SagaState state = SagaState.replay(Logs.SAGA, alone);
        assertThat(state.epoch()).isEqualTo(1);
        assertThat(SagaState.replay(Logs.SAGA, both)).isEqualTo(ignoring(state, state.ignored() + stale.size()));
    }

    private static SagaLogEntry inEpoch(int epoch, long sequence, SagaEvent event) {
        SagaLogEntry entry = Logs.entry(sequence, event);
        return new SagaLogEntry(entry.sagaId(), sequence, epoch, entry.timestamp(), event);
    }

    @Property
    void allReadersAgree(@ForAll("startedLogs") List<SagaLogEntry> log) {
        SagaState atOnce = SagaState.replay(Logs.SAGA, log);

        SagaState oneByOne = SagaState.initial(Logs.SAGA);
        for (SagaLogEntry entry : log) {
            oneByOne = oneByOne.apply(entry);
        }
        SagaState fromBytes = SagaState.replay(
                Logs.SAGA, log.stream().map(codec::encode).map(codec::decode).toList());
        assertThat(oneByOne).isEqualTo(atOnce);
        assertThat(fromBytes).isEqualTo(atOnce);
    }

    @Property
    void onlyAnOperatorMovesASagaOnFromItsEnd(@ForAll("startedLogs") List<SagaLogEntry> log) {
        SagaState state = SagaState.initial(Logs.SAGA);
        for (SagaLogEntry entry : log) {
            SagaState after = state.apply(entry);
            if (state.status().isTerminal() && after.status() != state.status()) {
                assertThat(state.status()).isEqualTo(SagaStatus.FAILED);
                assertThat(entry.event()).isInstanceOfAny(SagaEvent.Retry.class, SagaEvent.Resolve.class);
            }
            state = after;
        }
    }

    @Property
    void whatItAllowsIsWhatHasAnEffectOnTheStatus(@ForAll("startedLogs") List<SagaLogEntry> log) {
        SagaState state = SagaState.initial(Logs.SAGA);
        for (SagaLogEntry entry : log) {
            SagaState after = state.apply(entry);
            assertThat(state.allows(entry.event())).isEqualTo(after.ignored() == state.ignored());
            state = after;
        }
    }

    @Example
    void isInitialWithoutALog() {
        SagaState state = SagaState.replay(Logs.SAGA, List.of());

        assertThat(state).isEqualTo(SagaState.initial(Logs.SAGA));
        assertThat(state.name()).isEmpty();
        assertThat(state.nextSequence()).isZero();
    }

    @Example
    void remembersHowTheSagaBegan() {
        SagaEvent.Start start =
                new SagaEvent.Start("order-saga", "http://lra/1", "o1", TextNode.valueOf("x"), Map.of("a", "b"));

        SagaState state = replay(start);

        assertThat(state.start()).isEqualTo(start);
        assertThat(state.name()).isEqualTo("order-saga");
        assertThat(state.startedAt()).isEqualTo(Logs.entry(0, start).timestamp());
    }

    @Example
    void saysWhyItFailed() {
        assertThat(replay(start(), new SagaEvent.Fail(PAY, "declined")).reason())
                .isEqualTo("declined");
        assertThat(replay(start(), new SagaEvent.Timeout(PAY, "too slow")).reason())
                .isEqualTo("too slow");
    }

    @Example
    void keepsWhyItIsUndoneWhenThatGoesWrong() {
        SagaState failed =
                replay(start(), new SagaEvent.Fail(PAY, "declined"), new SagaEvent.CompensateFail(PAY, "no refund"));
        assertThat(failed.reason()).isEqualTo("declined");
        assertThat(failed.trouble()).isEqualTo("no refund");
        assertThat(failed.problem()).isEqualTo("no refund");

        SagaState repaired = failed.apply(Logs.entry(3, new SagaEvent.Retry("ann", "open again", null, null, null)))
                .apply(Logs.entry(4, new SagaEvent.CompensateComplete()));
        assertThat(repaired.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(repaired.reason()).isEqualTo("declined");
        assertThat(repaired.trouble()).isNull();
    }

    @Example
    void saysThatItsRouteGoesWrongPastThePivotUntilItGoesOn() {
        SagaState stuck = replay(start(), enlist(PAY), new SagaEvent.ForwardRetry(2, "no disk"));
        assertThat(stuck.trouble()).isEqualTo("past its pivot, attempt 2: no disk");
        assertThat(stuck.reason()).isNull();

        assertThat(stuck.apply(Logs.entry(3, enlist(new Step("SHIP", 1)))).trouble())
                .isNull();
        assertThat(stuck.apply(Logs.entry(3, new SagaEvent.Complete())).trouble())
                .isNull();
    }

    @Example
    void keepsTheFirstReasonWhenASecondDecisionComesTooLate() {
        SagaState state = replay(start(), new SagaEvent.Fail(PAY, "declined"), new SagaEvent.Timeout(PAY, "too slow"));

        assertThat(state.reason()).isEqualTo("declined");
        assertThat(state.ignored()).isEqualTo(1);
    }

    @Example
    void countsAnEventOfALaterVersionAndGoesOn() {
        ObjectNode content = JsonNodeFactory.instance.objectNode().put("type", "PAUSED");

        SagaState state = replay(start(), new SagaEvent.Unknown("PAUSED", content), new SagaEvent.Complete());

        assertThat(state.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(state.ignored()).isEqualTo(1);
        assertThat(state.nextSequence()).isEqualTo(3);
    }

    @Example
    void goesOnAfterAGapInTheSequence() {
        SagaState state =
                SagaState.replay(Logs.SAGA, List.of(Logs.entry(0, start()), Logs.entry(5, new SagaEvent.Complete())));

        assertThat(state.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(state.nextSequence()).isEqualTo(6);
    }

    @Example
    void keepsTheOrderOfEnlistment() {
        SagaState state = replay(start(), enlist(new Step("SHIP", 1)), enlist(PAY), enlist(new Step("PAY", 2)));

        assertThat(state.steps()).extracting(step -> step.step().toString()).containsExactly("SHIP", "PAY", "PAY#2");
    }

    @Example
    void knowsAStepOnceHoweverOftenItEnlists() {
        SagaEvent.Enlist first = new SagaEvent.Enlist(PAY, "direct:first", null, Map.of());
        SagaEvent.Enlist second = new SagaEvent.Enlist(PAY, "direct:second", null, Map.of());

        SagaState state = replay(start(), first, second);

        assertThat(state.steps())
                .singleElement()
                .extracting(StepState::enlistment)
                .isEqualTo(first);
    }

    @Example
    void isNotChangedByWhatStandsBesideItsEntries() {
        SagaState state = replay(start(), enlist(PAY));

        SagaState asked =
                state.apply(Logs.entry(0, new SagaEvent.Request("1", "other", new SagaEvent.Fail(null, "no"))));

        assertThat(asked).isEqualTo(state);
        assertThat(state.apply(Logs.entry(0, new SagaEvent.Refuse("1", "no")))).isEqualTo(state);
        assertThat(SagaState.initial(Logs.SAGA).apply(Logs.entry(0, new SagaEvent.Refuse("1", "no"))))
                .isEqualTo(SagaState.initial(Logs.SAGA));
    }

    @Example
    void knowsWhatAnotherApplicationWasCalledForUntilItAnswers() {
        SagaEvent.Call call = new SagaEvent.Call(PAY, Phase.COMPENSATION);
        SagaState state = replay(start(), enlist(PAY), new SagaEvent.Fail(null, "declined"), call);
        assertThat(state.step(PAY).orElseThrow().called()).isEqualTo(Phase.COMPENSATION);

        SagaState answered = replay(
                start(), enlist(PAY), new SagaEvent.Fail(null, "declined"), call, new SagaEvent.CompensateSuccess(PAY));

        assertThat(answered.step(PAY).orElseThrow().called()).isNull();
    }

    @Example
    void hasALateEnlistmentCompensatedToo() {
        SagaState state = replay(start(), new SagaEvent.Fail(null, "declined"), enlist(PAY));

        assertThat(state.step(PAY).orElseThrow().status()).isEqualTo(StepStatus.ENLISTED);
        assertThat(state.status()).isEqualTo(SagaStatus.COMPENSATING);
    }

    @Example
    void beginsAlikeWhateverStandsBeforeTheStart() {
        SagaState clean = replay(start(), enlist(PAY));

        SagaState state = SagaState.replay(
                Logs.SAGA,
                List.of(
                        Logs.entry(7, new SagaEvent.Complete()),
                        Logs.entry(9, new SagaEvent.Snapshot(SagaState.initial(Logs.SAGA))),
                        Logs.entry(0, start()),
                        Logs.entry(1, enlist(PAY))));

        assertThat(state).isEqualTo(ignoring(clean, 2));
    }

    @Example
    void goesOnBehindASequenceAndAnEpochThatNobodyCanHave() {
        SagaState state = replay(start());
        Instant at = Instant.parse("2026-01-31T09:30:00Z");

        SagaState after = state.apply(new SagaLogEntry(Logs.SAGA, 1L << 53, 0, at, new SagaEvent.Close()))
                .apply(new SagaLogEntry(Logs.SAGA, 1, 1 << 30, at, new SagaEvent.Resume("nobody")))
                .apply(Logs.entry(1, enlist(PAY)));

        assertThat(after.nextSequence()).isEqualTo(2);
        assertThat(after.epoch()).isZero();
        assertThat(after.steps()).hasSize(1);
        assertThat(after.ignored()).isEqualTo(2);
    }

    @Example
    void refusesTheEntryOfAnotherSaga() {
        SagaState state = SagaState.initial(new SagaId("order-2"));

        assertThatThrownBy(() -> state.apply(Logs.entry(0, start())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Entry of saga order-1 given to saga order-2");
    }

    @Example
    void goesOnFromAStepThatWasUndone() {
        SagaState state = replay(
                start(),
                enlist(PAY),
                new SagaEvent.StepTimeout(PAY, "Charge", 30_000),
                new SagaEvent.StepUndone(PAY),
                new SagaEvent.Success(PAY, "Charge", null));

        assertThat(state.status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(state.step(PAY).orElseThrow().status()).isEqualTo(StepStatus.COMPENSATED);
    }

    @Example
    void comesBackToItsCompletionsFromOneThatWasGivenUp() {
        SagaEvent[] failed = {
            start(), enlist(PAY), new SagaEvent.Close(), new SagaEvent.CompleteFail(PAY, "it was never done")
        };
        SagaState state = replay(failed);
        assertThat(state.status()).isEqualTo(SagaStatus.FAILED);
        assertThat(state.problem()).isEqualTo("it was never done");
        assertThat(state.reason()).isNull();
        assertThat(state.step(PAY).orElseThrow().status()).isEqualTo(StepStatus.COMPLETION_FAILED);

        SagaState again = state.apply(Logs.entry(4, new SagaEvent.Retry("ann", "repaired", null, null, null)));
        assertThat(again.status()).isEqualTo(SagaStatus.COMPLETING);
        assertThat(again.step(PAY).orElseThrow().status()).isEqualTo(StepStatus.SUCCEEDED);
        assertThat(state.apply(Logs.entry(4, new SagaEvent.Resolve("ann", "done by hand", null)))
                        .status())
                .isEqualTo(SagaStatus.COMPLETED);
    }

    /** What this reader did not see between them may have changed the saga. */
    @Example
    void beginsAtPartsThatFollowOneAnotherOnly() {
        List<SagaEvent.SnapshotPart> parts = CarriedParts.of(replay(start(), enlist(PAY)));
        assertThat(parts).hasSize(2);

        assertThat(partsAt(parts, 5, 6).steps()).hasSize(1);
        assertThat(partsAt(parts, 5, 7).status()).isEqualTo(SagaStatus.INITIAL);
    }

    private static SagaState partsAt(List<SagaEvent.SnapshotPart> parts, long first, long second) {
        return SagaState.replay(Logs.SAGA, List.of(inEpoch(0, first, parts.get(0)), inEpoch(0, second, parts.get(1))));
    }

    private static SagaState replay(SagaEvent... events) {
        return SagaState.replay(Logs.SAGA, Logs.of(Arrays.asList(events)));
    }

    private static SagaEvent.Start start() {
        return new SagaEvent.Start("order-saga", null, null, null, Map.of());
    }

    private static SagaEvent.Enlist enlist(Step step) {
        return new SagaEvent.Enlist(step, "direct:undo", null, Map.of());
    }

    @Example
    void ignoresWhatAnInstanceWritesThatLostTheSaga() {
        SagaId id = new SagaId("s");
        Instant at = Instant.parse("2026-01-31T09:30:00Z");
        SagaState taken = SagaState.initial(id)
                .apply(new SagaLogEntry(id, 0, 0, at, new SagaEvent.Start("trip", null, null, null, Map.of())))
                .apply(new SagaLogEntry(id, 1, 1, at, new SagaEvent.Resume("second")));

        SagaState late = taken.apply(new SagaLogEntry(id, 1, 0, at, new SagaEvent.Complete()))
                .apply(new SagaLogEntry(id, 2, 0, at, new SagaEvent.Complete()))
                .apply(new SagaLogEntry(id, 2, 1, at, new SagaEvent.Resume("third, of the same epoch")));

        assertThat(late.status()).isEqualTo(SagaStatus.EXECUTING);
        assertThat(late.ignored()).isEqualTo(3);
        assertThat(late.apply(new SagaLogEntry(id, 2, 1, at, new SagaEvent.Complete()))
                        .status())
                .isEqualTo(SagaStatus.COMPLETED);
    }

    @Example
    void aChildThatHasEndedKeepsItsPlaceAmongTheOthers() {
        SagaId id = new SagaId("s");
        Instant at = Instant.parse("2026-01-31T09:30:00Z");
        SagaState state = SagaState.initial(id)
                .apply(new SagaLogEntry(id, 0, 0, at, new SagaEvent.Start("trip", null, null, null, Map.of())))
                .apply(new SagaLogEntry(id, 1, 0, at, new Child(new SagaId("one"), "hotel", null, false)))
                .apply(new SagaLogEntry(id, 2, 0, at, new Child(new SagaId("two"), "hotel", null, false)))
                .apply(new SagaLogEntry(id, 3, 0, at, new Child(new SagaId("one"), "hotel", null, true)));

        assertThat(state.children())
                .containsExactly(
                        new Child(new SagaId("one"), "hotel", null, true),
                        new Child(new SagaId("two"), "hotel", null, false));
    }

    private static SagaState ignoring(SagaState state, int ignored) {
        return new SagaState(
                state.sagaId(),
                state.status(),
                state.start(),
                state.steps(),
                state.reason(),
                state.deadline(),
                state.nextSequence(),
                state.epoch(),
                ignored,
                state.startedAt(),
                state.updatedAt(),
                state.children(),
                state.signals(),
                state.carried(),
                state.trouble());
    }
}
