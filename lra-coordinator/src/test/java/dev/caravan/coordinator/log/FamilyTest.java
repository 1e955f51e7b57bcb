package dev.caravan.coordinator.log;

import static dev.caravan.coordinator.log.Story.INNER;
import static dev.caravan.coordinator.log.Story.OUTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.coordinator.log.Folded.Verdict;
import dev.caravan.coordinator.log.LraEvent.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What entries make of an LRA, and what is due then. */
class FamilyTest {

    private final Story story = new Story().start();

    @Test
    void closesAtOnceWhereNobodyHasToComplete() {
        story.join(OUTER, "one", "compensate");

        assertThat(story.tell(OUTER, new LraEvent.Close()).verdict()).isEqualTo(Verdict.COUNTS);

        assertThat(story.status(OUTER)).isEqualTo("gone");
        assertThat(story.family().isOver()).isTrue();
        assertThat(story.tell(OUTER, new LraEvent.Close()).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void compensatesOneAfterAnotherInReverseOrderOfJoining() {
        for (String name : new String[] {"one", "two", "three"}) {
            story.join(OUTER, name, "compensate", "complete");
        }
        story.tell(OUTER, new LraEvent.Cancel());

        assertThat(story.due()).containsExactly("three/compensate");
        story.answer("three/compensate", Outcome.DONE);
        assertThat(story.due()).containsExactly("two/compensate");
        story.answer("two/compensate", Outcome.PENDING);
        assertThat(story.due()).containsExactly("two/compensate");
        assertThat(story.hasBeenTried(OUTER)).isTrue();
        story.answer("two/compensate", Outcome.DONE);
        assertThat(story.status(OUTER)).isEqualTo("Cancelling");
        story.answer("one/compensate", Outcome.DONE);
        assertThat(story.status(OUTER)).isEqualTo("gone");
    }

    @Test
    void completesTheOthersWhileOneIsNotDone() {
        story.join(OUTER, "one", "compensate", "complete");
        story.join(OUTER, "two", "compensate", "complete", "status");
        story.tell(OUTER, new LraEvent.Close());

        assertThat(story.due()).containsExactly("two/complete", "one/complete");
        story.answer("two/complete", Outcome.PENDING);
        assertThat(story.hasBeenTried(OUTER)).isFalse();
        assertThat(story.due()).containsExactly("two/status", "one/complete");
        story.answer("one/complete", Outcome.DONE);
        assertThat(story.hasBeenTried(OUTER)).isTrue();
        story.answer("two/status", Outcome.DONE);
        assertThat(story.status(OUTER)).isEqualTo("gone");
    }

    @Test
    void letsTheFirstDecisionStand() {
        story.join(OUTER, "one", "compensate", "complete");
        story.tell(OUTER, new LraEvent.Close());

        assertThat(story.tell(OUTER, new LraEvent.Cancel()).verdict()).isEqualTo(Verdict.KNOWN);
        assertThat(story.tell(OUTER, new LraEvent.Close()).verdict()).isEqualTo(Verdict.KNOWN);
        assertThat(story.tell(OUTER, new LraEvent.Expire(0)).verdict()).isEqualTo(Verdict.KNOWN);

        assertThat(story.status(OUTER)).isEqualTo("Closing");
        assertThat(story.due()).containsExactly("one/complete");
    }

    @Test
    void takesNobodyAfterTheDecisionButListeners() {
        story.join(OUTER, "one", "compensate", "complete");
        String leaving = story.join(OUTER, "two", "compensate");
        assertThat(story.tell(OUTER, new LraEvent.Leave("none", null)).verdict())
                .isEqualTo(Verdict.STRANGER);
        story.tell(OUTER, new LraEvent.Close());

        assertThat(story.join(OUTER, "late", "compensate")).isNull();
        assertThat(story.tell(OUTER, new LraEvent.Leave(leaving, null)).verdict())
                .isEqualTo(Verdict.TOO_LATE);
        assertThat(story.tell(OUTER, new LraEvent.Renew(9)).verdict()).isEqualTo(Verdict.TOO_LATE);
        assertThat(story.join(OUTER, "listener", "after")).isNotNull();

        story.answer("one/complete", Outcome.DONE);
        assertThat(story.status(OUTER)).isEqualTo("Closed");
        story.answer("listener/after", Outcome.DONE);
        assertThat(story.status(OUTER)).isEqualTo("gone");
    }

    @Test
    void knowsAParticipantByItsUrl() {
        String first = story.join(OUTER, "one", "compensate");

        assertThat(story.join(OUTER, "one", "compensate", "complete")).isEqualTo(first);

        assertThat(story.family().find(OUTER).participants()).singleElement().satisfies(only -> assertThat(only.links())
                .containsKey("complete"));
    }

    @Test
    void knowsWhoLeavesByItsUrlToo() {
        story.join(OUTER, "one", "compensate", "complete");

        assertThat(story.tell(OUTER, new LraEvent.Leave(null, Map.of("compensate", "http://there/one/compensate")))
                        .verdict())
                .isEqualTo(Verdict.COUNTS);

        assertThat(story.family().find(OUTER).participants()).isEmpty();
    }

    @Test
    void hasBeenTriedWhenListenersWereTold() {
        story.join(OUTER, "one", "compensate", "after");
        story.tell(OUTER, new LraEvent.Cancel());
        story.answer("one/compensate", Outcome.DONE);
        assertThat(story.status(OUTER)).isEqualTo("Cancelled");
        assertThat(story.hasBeenTried(OUTER)).isFalse();

        story.answer("one/after", Outcome.PENDING);
        assertThat(story.hasBeenTried(OUTER)).isTrue();
        story.answer("one/after", Outcome.DONE);

        assertThat(story.status(OUTER)).isEqualTo("gone");
    }

    @Test
    void asksWhereAParticipantSaysUnlessItHasSaidBefore() {
        story.join(OUTER, "one", "compensate");
        String second = story.join(OUTER, "two", "compensate", "status");
        story.tell(OUTER, new LraEvent.Cancel());
        story.tell(OUTER, new LraEvent.Answer(second, 1, Outcome.PENDING, "http://there/elsewhere"));
        assertThat(story.due()).containsExactly("two/status");
        story.answer("two/status", Outcome.DONE);
        String first = story.family().find(OUTER).participants().get(0).id();
        story.tell(OUTER, new LraEvent.Answer(first, 1, Outcome.PENDING, "http://there/elsewhere"));

        assertThat(story.due()).containsExactly("elsewhere");
    }

    @Test
    void doesNotCallWhoHasLeft() {
        story.join(OUTER, "one", "compensate");
        story.tell(OUTER, new LraEvent.Leave(story.join(OUTER, "two", "compensate"), null));
        story.tell(OUTER, new LraEvent.Cancel());

        assertThat(story.due()).containsExactly("one/compensate");
    }

    @Test
    void callsWhoHasMovedAtItsNewPlace() {
        String participant = story.join(OUTER, "one", "compensate");
        story.tell(OUTER, new LraEvent.Replace(participant, Map.of("compensate", "http://there/else/compensate")));
        story.tell(OUTER, new LraEvent.Cancel());

        assertThat(story.due()).containsExactly("else/compensate");
    }

    @Test
    void failsWhenAParticipantNeverCanAndGoesOnWithTheOthers() {
        story.join(OUTER, "one", "compensate", "after");
        story.join(OUTER, "two", "compensate", "forget");
        story.tell(OUTER, new LraEvent.Cancel());
        story.answer("two/compensate", Outcome.FAILED);
        assertThat(story.due()).containsExactly("one/compensate");
        assertThat(story.tell(OUTER, new LraEvent.Remove()).verdict()).isEqualTo(Verdict.TOO_LATE);
        story.answer("one/compensate", Outcome.DONE);

        assertThat(story.status(OUTER)).isEqualTo("FailedToCancel");
        story.answer("one/after", Outcome.DONE);
        story.answer("two/forget", Outcome.DONE);
        assertThat(story.due()).isEmpty();
        assertThat(story.status(OUTER)).isEqualTo("FailedToCancel");
        story.tell(OUTER, new LraEvent.Remove());
        assertThat(story.status(OUTER)).isEqualTo("gone");
    }

    @Test
    void expiresAtTheLimitThatHolds() {
        story.tell(OUTER, new LraEvent.Renew(100));
        story.tell(OUTER, new LraEvent.Renew(50));
        story.join(OUTER, "one", "compensate");

        assertThat(story.tell(OUTER, new LraEvent.Expire(50)).verdict()).isEqualTo(Verdict.KNOWN);
        assertThat(story.tell(OUTER, new LraEvent.Expire(100)).verdict()).isEqualTo(Verdict.COUNTS);

        assertThat(story.due()).containsExactly("one/compensate");
    }

    @Test
    void doesNotCountTheAnswerToAnEarlierRound() {
        story.startNested();
        String participant = story.join(INNER, "nested", "compensate", "complete");
        story.tell(INNER, new LraEvent.Close());
        story.tell(OUTER, new LraEvent.Cancel());
        assertThat(story.due()).containsExactly("nested/compensate");

        assertThat(story.tell(INNER, new LraEvent.Answer(participant, 1, Outcome.DONE, null))
                        .verdict())
                .isEqualTo(Verdict.KNOWN);

        assertThat(story.due()).containsExactly("nested/compensate");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endsANestedOneThatIsOpenWithItsParent(boolean forward) {
        story.join(OUTER, "before", "compensate", "complete");
        story.startNested();
        story.join(INNER, "nested", "compensate", "complete");
        story.join(OUTER, "behind", "compensate", "complete");
        story.tell(OUTER, forward ? new LraEvent.Close() : new LraEvent.Cancel());

        String action = forward ? "complete" : "compensate";
        for (String next : new String[] {"behind", "nested", "before"}) {
            assertThat(story.due())
                    .startsWith(next + "/" + action)
                    .hasSize(forward ? story.due().size() : 1);
            story.answer(next + "/" + action, Outcome.DONE);
        }
        assertThat(story.family().isOver()).isTrue();
    }

    @Test
    void compensatesAClosedNestedOneWithItsParentInItsPlace() {
        story.join(OUTER, "before", "compensate", "complete");
        story.startNested();
        story.join(INNER, "nested", "compensate", "complete", "after");
        story.join(OUTER, "behind", "compensate", "complete");
        story.tell(INNER, new LraEvent.Close());
        story.answer("nested/complete", Outcome.DONE);
        story.answer("nested/after", Outcome.DONE);
        assertThat(story.status(INNER)).isEqualTo("Closed");
        story.tell(OUTER, new LraEvent.Cancel());

        for (String next : new String[] {"behind", "nested", "before"}) {
            assertThat(story.due()).contains(next + "/compensate");
            story.answer(next + "/compensate", Outcome.DONE);
        }
        assertThat(story.status(OUTER)).isEqualTo("gone");
        assertThat(story.due()).as("it is told once more").containsExactly("nested/after");
        story.answer("nested/after", Outcome.DONE);
        assertThat(story.family().isOver()).isTrue();
    }

    @Test
    void cancelsAClosedNestedOneUntilItsParentHasEnded() {
        story.startNested();
        story.join(INNER, "nested", "compensate", "complete");
        story.tell(INNER, new LraEvent.Close());
        story.answer("nested/complete", Outcome.DONE);

        assertThat(story.tell(INNER, new LraEvent.Cancel()).verdict()).isEqualTo(Verdict.COUNTS);
        story.answer("nested/compensate", Outcome.DONE);
        assertThat(story.status(INNER)).isEqualTo("gone");
        assertThat(story.status(OUTER)).isEqualTo("Active");
        story.tell(OUTER, new LraEvent.Close());

        assertThat(story.family().isOver()).isTrue();
    }

    @Test
    void hasAClosedNestedOneForgetWhenItsParentCloses() {
        story.startNested();
        story.join(INNER, "nested", "compensate", "complete", "forget");
        story.tell(INNER, new LraEvent.Close());
        story.answer("nested/complete", Outcome.DONE);
        assertThat(story.due()).isEmpty();
        story.tell(OUTER, new LraEvent.Close());

        story.answer("nested/forget", Outcome.DONE);

        assertThat(story.family().isOver()).isTrue();
    }

    @Test
    void closesAlthoughOneNestedInItWasCancelled() {
        story.startNested();
        story.join(INNER, "nested", "compensate", "complete");
        story.tell(INNER, new LraEvent.Cancel());
        story.answer("nested/compensate", Outcome.DONE);
        assertThat(story.status(INNER)).isEqualTo("gone");

        story.tell(OUTER, new LraEvent.Close());

        assertThat(story.family().isOver()).isTrue();
    }

    /** The oldest records are removed first: what is left of an LRA makes no other out of it. */
    @Test
    void comesToNothingWithoutItsFirstEntry() {
        Story late = new Story();

        late.join(OUTER, "one", "compensate");
        late.tell(OUTER, new LraEvent.Cancel());
        assertThat(late.tell(INNER, new LraEvent.Start("http://here/" + INNER, "", "http://here/" + OUTER, 0))
                        .verdict())
                .isEqualTo(Verdict.UNKNOWN);

        assertThat(late.family()).isNull();
    }

    @Test
    void keepsTheKeysOfWhatCountsOnly() {
        story.join(OUTER, "one", "compensate");
        story.tell(OUTER, new LraEvent.Look());
        story.tell(OUTER, new LraEvent.Leave("none", null));
        story.tell(OUTER, new LraEvent.Cancel());

        assertThat(story.family().keys()).containsExactly("key1", "key2", "key5");
    }
}
