package dev.caravan.saga.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.Interner;
import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.Signals;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepFailure;
import dev.caravan.saga.state.StepLeft;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.state.StepTold;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened, without what the application sent and got: small, and fit for everybody's eyes. */
final class WithoutPayloads {

    /** Without options, those of all sagas of a route are the same. */
    private static final Interner<SagaEvent.Enlist> ENLISTMENTS = new Interner<>(1000);

    /** So are the shapes of all sagas of a route. */
    private static final Interner<RouteShape> ROUTES = new Interner<>(1000);

    /** As in {@link TraceParent}, which is not there without a tracer. */
    private static final String TRACE = "traceparent";

    private WithoutPayloads() {}

    static SagaLogEntry of(SagaLogEntry entry) {
        SagaEvent event = of(entry.event());
        return event == entry.event()
                ? entry
                : new SagaLogEntry(entry.sagaId(), entry.sequence(), entry.epoch(), entry.timestamp(), event);
    }

    private static SagaEvent of(SagaEvent event) {
        if (event instanceof SagaEvent.Start start) {
            return of(start);
        } else if (event instanceof SagaEvent.Enlist enlist) {
            return of(enlist);
        } else if (event instanceof SagaEvent.Success success) {
            return new SagaEvent.Success(success.step(), success.command(), null);
        } else if (event instanceof StepCorrection correction) {
            return new StepCorrection(
                    correction.step(), Map.of(), correction.who(), correction.reason(), correction.request());
        } else if (event instanceof StepTold told) {
            return told.withoutResult();
        } else if (event instanceof Awaits.StepAnswered answer) {
            return answer.without();
        } else if (event instanceof Awaits.Signal signal) {
            return signal.without();
        } else if (event instanceof SagaEvent.StepEnd end) {
            return new SagaEvent.StepEnd(end.step(), of(end.left()));
        } else if (event instanceof SagaEvent.StepUnknown unknown) {
            return new SagaEvent.StepUnknown(
                    unknown.step(),
                    unknown.command(),
                    unknown.error(),
                    unknown.exception(),
                    unknown.within(),
                    unknown.left() == null ? null : of(unknown.left()),
                    unknown.causes());
        } else if (event instanceof SagaEvent.Request request) {
            return new SagaEvent.Request(request.id(), request.application(), of(request.event()));
        } else if (event instanceof SagaEvent.Snapshot snapshot) {
            return new SagaEvent.Snapshot(of(snapshot.state()));
        } else if (event instanceof SagaEvent.SnapshotPart part) {
            return new SagaEvent.SnapshotPart(part.part(), part.parts(), "");
        }
        return event;
    }

    private static SagaEvent.Start of(SagaEvent.Start start) {
        return new SagaEvent.Start(
                start.name(),
                start.coordinator(),
                start.key(),
                null,
                traceOf(start),
                start.application(),
                start.version(),
                null,
                start.parent(),
                start.route() == null ? null : ROUTES.of(start.route()),
                start.attributes(),
                start.at());
    }

    /** Which trace led to the saga is nothing that the application sent. */
    private static Map<String, Object> traceOf(SagaEvent.Start start) {
        Object trace = start.headers().get(TRACE);
        return trace == null ? Map.of() : Map.of(TRACE, trace);
    }

    private static SagaEvent.Enlist of(SagaEvent.Enlist enlist) {
        SagaEvent.Enlist bare = new SagaEvent.Enlist(
                enlist.step(),
                enlist.compensation(),
                enlist.completion(),
                Map.of(),
                enlist.branch(),
                enlist.application(),
                enlist.request(),
                enlist.kind(),
                null,
                enlist.path(),
                enlist.again());
        return bare.request() == null ? ENLISTMENTS.of(bare) : bare;
    }

    private static @Nullable StepLeft of(@Nullable StepLeft left) {
        return left == null
                ? null
                : new StepLeft(null, Map.of(), null, left.within(), left.whyUnkept(), left.stopped());
    }

    // a class file does not tell NullAway that the START of a record may be null
    @SuppressWarnings("NullAway")
    static SagaState of(SagaState state) {
        return new SagaState(
                state.sagaId(),
                state.status(),
                state.start() == null ? null : of(state.start()),
                state.steps().stream().map(WithoutPayloads::of).toList(),
                state.reason(),
                state.deadline(),
                state.nextSequence(),
                state.epoch(),
                state.ignored(),
                state.startedAt(),
                state.updatedAt(),
                state.children(),
                state.signals() == null ? null : of(state.signals()),
                state.carried(),
                state.trouble());
    }

    private static Signals of(Signals signals) {
        return new Signals(
                signals.waiting().stream().map(Awaits.Signal::without).toList(), signals.known());
    }

    private static StepState of(StepState step) {
        Map<String, JsonNode> answered = new HashMap<>();
        step.results().keySet().forEach(command -> answered.put(command, null));
        Map<String, StepFailure> failures = new HashMap<>();
        step.failures().forEach((command, failure) -> failures.put(command, failure.withoutMessage()));
        return new StepState(
                step.step(),
                step.status(),
                of(step.enlistment()),
                answered,
                failures,
                step.error(),
                step.attempts(),
                step.called(),
                step.enlistedAt(),
                step.updatedAt(),
                null,
                step.awaiting(),
                step.givenUp(),
                step.sent(),
                step.correction() == null ? null : step.correction().withoutData());
    }
}
