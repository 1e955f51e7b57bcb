package dev.caravan.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.coordinator.log.LraEvent.Outcome;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What participants say, and what it means. */
class CallTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "200, '', DONE",
                "204, '', DONE",
                "410, '', DONE",
                "200, FailedToCompensate, DONE",
                "500, FailedToCompensate, FAILED",
                "500, Oh, PENDING",
                "202, '', PENDING",
                "400, '', PENDING",
                "404, '', PENDING",
                "409, '', PENDING",
                "412, '', PENDING",
                "503, '', PENDING",
                "0, '', PENDING"
            })
    void understandsWhoWasAskedToEnd(int status, String body, Outcome outcome) {
        assertThat(call(Call.Kind.END).outcome(status, body)).contains(outcome);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "200, Compensated, DONE",
                "200, Compensating, PENDING",
                "200, FailedToCompensate, FAILED",
                "200, Active, -",
                "200, Completed, -",
                "200, Whatever, -",
                "202, '', PENDING",
                "410, '', DONE",
                "404, '', -",
                "412, '', -",
                "500, '', PENDING",
                "0, '', PENDING"
            })
    void understandsWhoWasAskedHowFarItIs(int status, String body, Outcome outcome) {
        assertThat(call(Call.Kind.STATUS).outcome(status, body)).isEqualTo(Optional.ofNullable(outcome));
    }

    private static Call call(Call.Kind kind) {
        Story story = new Story().start();
        story.join(Story.OUTER, "one", "compensate", "status");
        story.tell(Story.OUTER, new LraEvent.Cancel());
        Call due = Due.in(story.family()).get(0);
        return new Call(kind, due.lra(), due.participant());
    }
}
