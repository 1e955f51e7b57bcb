package dev.caravan.shop;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.springframework.boot.ansi.AnsiColor;
import org.springframework.boot.ansi.AnsiElement;
import org.springframework.boot.ansi.AnsiOutput;

/**
 * Prints what happens to each saga as it happens: milliseconds since its start, the saga's status, step, what, details.
 * In colour on a terminal; {@code spring.output.ansi.enabled} says otherwise.
 */
final class ConsoleTimeline implements SagaListener {

    private static final int KEY_LENGTH = 8;

    private final PrintStream out;

    ConsoleTimeline(PrintStream out) {
        this.out = out;
    }

    @Override
    public void onEntry(SagaLogEntry entry, SagaState after) {
        Line line = line(entry, after);
        if (line != null) {
            String text = "  %s %7d ms  %s %-18s %s %s"
                    .formatted(
                            key(after),
                            millis(after.startedAt(), entry.timestamp()),
                            AnsiOutput.toString(color(after.status()), "%-12s".formatted(after.status())),
                            line.step() == null ? "" : line.step(),
                            AnsiOutput.toString(color(entry.event()), "%-20s".formatted(Printable.of(line.what()))),
                            Printable.of(line.detail()));
            out.println(text);
        }
    }

    private static AnsiElement color(SagaStatus status) {
        return switch (status) {
            case COMPLETED -> AnsiColor.GREEN;
            case COMPENSATING, COMPENSATED -> AnsiColor.MAGENTA;
            case FAILED -> AnsiColor.RED;
            case INITIAL, EXECUTING, COMPLETING -> AnsiColor.BLUE;
        };
    }

    private static AnsiElement color(SagaEvent event) {
        if (event instanceof SagaEvent.Retry || event instanceof SagaEvent.Resolve) {
            return AnsiColor.CYAN;
        }
        String type = event.type();
        if (type.contains("FAIL")
                || type.contains("REJECTED")
                || type.contains("TIMEOUT")
                || type.contains("UNKNOWN")) {
            return AnsiColor.RED;
        }
        if (type.contains("RETRY") || event instanceof SagaEvent.LateReply) {
            return AnsiColor.YELLOW;
        }
        return type.contains("SUCCESS") || type.contains("COMPLETE") ? AnsiColor.GREEN : AnsiColor.DEFAULT;
    }

    private record Line(Step step, String what, String detail) {}

    private static Line line(SagaLogEntry entry, SagaState after) {
        SagaEvent event = entry.event();
        if (event instanceof SagaEvent.Success success) {
            return new Line(success.step(), "succeeded", took(entry, after, success.step()));
        } else if (event instanceof SagaEvent.StepRejected rejected) {
            return new Line(rejected.step(), "rejected", took(entry, after, rejected.step()) + ": " + rejected.error());
        } else if (event instanceof SagaEvent.StepUnknown unknown) {
            return new Line(
                    unknown.step(), "outcome unknown", took(entry, after, unknown.step()) + ": " + unknown.error());
        } else if (event instanceof SagaEvent.StepTimeout timeout) {
            return new Line(timeout.step(), "timed out", "after " + timeout.timeoutMillis() + " ms");
        } else if (event instanceof SagaEvent.LateReply late) {
            return new Line(late.step(), "late reply", late.status() + ", changes nothing");
        } else if (event instanceof SagaEvent.CompensateSuccess success) {
            return new Line(success.step(), "compensated", "");
        } else if (event instanceof SagaEvent.CompensateRetry retry) {
            return new Line(retry.step(), "not yet compensated", retry.error());
        } else if (event instanceof SagaEvent.StepCompensateFailed failed) {
            return new Line(failed.step(), "compensation failed", failed.error());
        } else if (event instanceof SagaEvent.CompleteSuccess success) {
            return new Line(success.step(), "completed", "");
        } else if (event instanceof SagaEvent.CompleteRetry retry) {
            return new Line(retry.step(), "not yet completed", retry.error());
        } else if (event instanceof SagaEvent.Enlist) {
            return null;
        }
        return new Line(null, event.type().toLowerCase(Locale.ROOT).replace('_', ' '), why(event));
    }

    private static String why(SagaEvent event) {
        String why = null;
        if (event instanceof SagaEvent.Fail fail) {
            why = fail.reason();
        } else if (event instanceof SagaEvent.Timeout timeout) {
            why = timeout.reason();
        } else if (event instanceof SagaEvent.CompensateFail fail) {
            why = fail.error();
        } else if (event instanceof SagaEvent.CompleteFail fail) {
            why = fail.error();
        } else if (event instanceof SagaEvent.ForwardRetry retry) {
            why = retry.error();
        } else if (event instanceof SagaEvent.OtherPath other) {
            why = other.difference();
        } else if (event instanceof SagaEvent.Limit limit) {
            why = "has to end before " + limit.deadline();
        } else if (event instanceof SagaEvent.Retry retry) {
            why = retry.who() + ": " + retry.reason();
        } else if (event instanceof SagaEvent.Resolve resolve) {
            why = resolve.who() + ": " + resolve.reason();
        }
        return why == null ? "" : why;
    }

    private static String took(SagaLogEntry entry, SagaState after, Step step) {
        Instant begun = after.step(step).map(StepState::enlistedAt).orElse(entry.timestamp());
        return "in " + millis(begun, entry.timestamp()) + " ms";
    }

    private static long millis(Instant from, Instant to) {
        return Duration.between(from, to).toMillis();
    }

    private static String key(SagaState state) {
        String key = state.start().key() == null
                ? state.sagaId().value()
                : state.start().key();
        String shown = Printable.of(key);
        return shown.length() <= KEY_LENGTH ? shown : shown.substring(0, KEY_LENGTH);
    }
}
