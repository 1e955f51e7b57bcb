package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ansi.AnsiOutput;

class ConsoleTimelineTest {

    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final Step PAY = new Step("PROCESS_PAYMENT", 1);
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String BLUE = "\u001b[34m";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @AfterEach
    void detect() {
        AnsiOutput.setEnabled(AnsiOutput.Enabled.DETECT);
    }

    @Test
    void printsALineForEachEventInColumns() {
        AnsiOutput.setEnabled(AnsiOutput.Enabled.NEVER);

        assertThat(print(new SagaEvent.Success(PAY, "ProcessPayment", null)))
                .containsExactly(
                        "  order-12       0 ms  EXECUTING                       start                ",
                        "  order-12     250 ms  EXECUTING    PROCESS_PAYMENT    succeeded            in 250 ms");
    }

    @Test
    void saysWhyASagaFailsOrIsLimited() {
        AnsiOutput.setEnabled(AnsiOutput.Enabled.NEVER);

        assertThat(print(new SagaEvent.Fail(PAY, "declined")).get(1)).endsWith(" fail                 declined");
        assertThat(print(new SagaEvent.Timeout(null, "no time left")).get(1)).endsWith(" no time left");
        assertThat(print(new SagaEvent.Limit(AT.plusSeconds(60))).get(1))
                .endsWith(" limit                has to end before 2026-01-31T09:31:00Z");
        assertThat(print(new SagaEvent.CompensateFail(PAY, "closed")).get(1)).endsWith(" closed");
        assertThat(print(new SagaEvent.ForwardRetry(2, "away")).get(1)).endsWith(" away");
        assertThat(print(new SagaEvent.Fail(null, null)).get(1)).endsWith(" fail                 ");
    }

    @Test
    void usesColoursOnATerminal() {
        AnsiOutput.setEnabled(AnsiOutput.Enabled.ALWAYS);

        assertThat(print(new SagaEvent.Success(PAY, "ProcessPayment", null)).get(1))
                .contains(BLUE + "EXECUTING", GREEN + "succeeded");
        assertThat(print(new SagaEvent.StepRejected(PAY, "ProcessPayment", null, "declined")))
                .last()
                .asString()
                .contains(RED + "rejected", ": declined");
    }

    @Test
    void givesNoOrdersToTheTerminal() {
        AnsiOutput.setEnabled(AnsiOutput.Enabled.NEVER);
        String orders = "\u001b[2J\u0007\r\n\u009b31m\u202e\ud800";

        for (SagaEvent event : List.of(
                new SagaEvent.StepRejected(PAY, "ProcessPayment", null, orders),
                new SagaEvent.StepUnknown(PAY, "ProcessPayment", orders, null, null, null, null),
                new SagaEvent.CompensateRetry(PAY, 1, orders),
                new SagaEvent.StepCompensateFailed(PAY, 1, orders, null),
                new SagaEvent.Fail(PAY, orders),
                new SagaEvent.Unknown("X" + orders, JsonNodeFactory.instance.objectNode()))) {
            assertThat(print(orders, event)).hasSize(2).allSatisfy(line -> assertThat(line.chars())
                    .as(line)
                    .noneMatch(Character::isISOControl)
                    .noneMatch(character -> character == 0x202e || character == '?'));
        }
    }

    private List<String> print(SagaEvent event) {
        return print("order-12345", event);
    }

    private List<String> print(String key, SagaEvent event) {
        out.reset();
        ConsoleTimeline timeline = new ConsoleTimeline(new PrintStream(out, true, StandardCharsets.UTF_8));
        SagaState state = SagaState.initial(new SagaId("saga-1"));
        for (SagaEvent next : List.of(
                new SagaEvent.Start("order-saga", null, key, null, Map.of()),
                new SagaEvent.Enlist(PAY, null, null, Map.of()),
                event)) {
            Instant at = next == event ? AT.plusMillis(250) : AT;
            SagaLogEntry entry = new SagaLogEntry(state.sagaId(), state.nextSequence(), at, next);
            state = state.apply(entry);
            timeline.onEntry(entry, state);
        }
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
