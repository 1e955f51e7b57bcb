package dev.caravan.saga.engine;

import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.LeftSince;
import dev.caravan.saga.state.PayloadRead;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepAsked;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepResolved;
import dev.caravan.saga.state.StepTold;
import org.jspecify.annotations.Nullable;

/**
 * Events with reasons that fit into an entry. What went wrong may be told at any length, with a page of HTML or a dump in
 * it; the saga still has to be undone.
 */
final class ShortTexts {

    private static final int LONGEST = 8_000;
    private static final int LONGEST_NAME = 300;

    private ShortTexts() {}

    /** One of a saga, which does not say again what is in its log. */
    static SagaEvent of(SagaEvent event, SagaState saga) {
        return LeftSince.in(of(event), saga);
    }

    static SagaEvent of(SagaEvent event) {
        if (event instanceof SagaEvent.Fail fail) {
            return new SagaEvent.Fail(fail.step(), shortened(fail.reason()));
        } else if (event instanceof SagaEvent.Timeout timeout) {
            return new SagaEvent.Timeout(timeout.step(), shortened(timeout.reason()));
        } else if (event instanceof SagaEvent.StepRejected rejected) {
            return new SagaEvent.StepRejected(
                    rejected.step(), rejected.command(), shortened(rejected.code()), shortened(rejected.error()));
        } else if (event instanceof SagaEvent.StepUnknown unknown) {
            return new SagaEvent.StepUnknown(
                    unknown.step(),
                    unknown.command(),
                    shortened(unknown.error()),
                    unknown.exception(),
                    unknown.within(),
                    unknown.left(),
                    unknown.causes());
        } else if (event instanceof SagaEvent.StepRetry retry) {
            return new SagaEvent.StepRetry(retry.step(), retry.command(), retry.attempt(), shortened(retry.error()));
        } else if (event instanceof SagaEvent.CompleteRetry retry) {
            return new SagaEvent.CompleteRetry(
                    retry.step(), retry.attempt(), shortened(retry.error()), shortened(retry.code()));
        } else if (event instanceof SagaEvent.CompensateRetry retry) {
            return new SagaEvent.CompensateRetry(retry.step(), retry.attempt(), shortened(retry.error()));
        } else if (event instanceof SagaEvent.StepCompensateFailed failed) {
            return new SagaEvent.StepCompensateFailed(
                    failed.step(),
                    failed.attempts(),
                    shortened(failed.error()),
                    shortened(failed.code(), LONGEST_NAME));
        }
        return ofOthers(event);
    }

    private static SagaEvent ofOthers(SagaEvent event) {
        if (event instanceof SagaEvent.CompensateFail fail) {
            return new SagaEvent.CompensateFail(fail.step(), shortened(fail.error()));
        } else if (event instanceof SagaEvent.CompleteFail fail) {
            return new SagaEvent.CompleteFail(fail.step(), shortened(fail.error()));
        } else if (event instanceof SagaEvent.ForwardRetry retry) {
            return new SagaEvent.ForwardRetry(retry.attempt(), shortened(retry.error()));
        } else if (event instanceof SagaEvent.OtherPath other) {
            return new SagaEvent.OtherPath(shortened(other.difference()));
        } else if (event instanceof SagaEvent.LateReply reply) {
            return new SagaEvent.LateReply(reply.step(), shortened(reply.command(), LONGEST_NAME), reply.status());
        } else if (event instanceof SagaEvent.Retry retry) {
            return new SagaEvent.Retry(
                    shortened(retry.who()),
                    shortened(retry.reason()),
                    retry.request(),
                    retry.step(),
                    retry.correction());
        } else if (event instanceof StepCorrection correction) {
            return new StepCorrection(
                    correction.step(),
                    correction.data(),
                    shortened(correction.who()),
                    shortened(correction.reason()),
                    correction.request());
        } else if (event instanceof StepResolved resolved) {
            return new StepResolved(
                    resolved.step(), shortened(resolved.who()), shortened(resolved.reason()), resolved.request());
        } else if (event instanceof StepAsked asked) {
            return new StepAsked(
                    asked.step(),
                    asked.question(),
                    asked.commands(),
                    shortened(asked.who()),
                    shortened(asked.reason()));
        } else if (event instanceof PayloadRead read) {
            return new PayloadRead(read.what(), shortened(read.who()));
        } else if (event instanceof StepTold told) {
            return new StepTold(
                    told.step(),
                    told.question(),
                    shortened(told.service(), LONGEST_NAME),
                    told.held(),
                    shortened(told.command(), LONGEST_NAME),
                    told.result(),
                    shortened(told.code(), LONGEST_NAME),
                    shortened(told.error()),
                    shortened(told.ending(), LONGEST_NAME));
        } else if (event instanceof SagaEvent.Resolve resolve) {
            return new SagaEvent.Resolve(shortened(resolve.who()), shortened(resolve.reason()), resolve.request());
        } else if (event instanceof SagaEvent.Refuse refuse) {
            return new SagaEvent.Refuse(refuse.request(), shortened(refuse.reason()));
        } else if (event instanceof SagaEvent.OfAwaits awaits) {
            return ofAwaits(awaits);
        } else if (event instanceof SagaEvent.Request request) {
            return new SagaEvent.Request(request.id(), request.application(), of(request.event()));
        }
        return event;
    }

    private static SagaEvent ofAwaits(SagaEvent.OfAwaits event) {
        if (event instanceof Awaits.StepAnswered answer) {
            return new Awaits.StepAnswered(
                    answer.step(),
                    answer.command(),
                    answer.result(),
                    shortened(answer.code()),
                    shortened(answer.error()),
                    shortened(answer.who()),
                    shortened(answer.reason()),
                    answer.signal());
        } else if (event instanceof Awaits.Signal signal) {
            return new Awaits.Signal(
                    signal.name(),
                    signal.id(),
                    signal.result(),
                    shortened(signal.code()),
                    shortened(signal.error()),
                    shortened(signal.who()),
                    shortened(signal.reason()));
        } else if (event instanceof Awaits.StepAwaits awaits) {
            return new Awaits.StepAwaits(
                    awaits.step(),
                    awaits.command(),
                    awaits.service(),
                    awaits.deadline(),
                    awaits.reminderMillis(),
                    shortened(awaits.who()),
                    shortened(awaits.reason()),
                    awaits.request());
        }
        return event;
    }

    private static @Nullable String shortened(@Nullable String text) {
        return shortened(text, LONGEST);
    }

    private static @Nullable String shortened(@Nullable String text, int longest) {
        return text == null || text.length() <= longest
                ? text
                : "%s... (%d characters)".formatted(text.substring(0, longest), text.length());
    }
}
