package dev.caravan.saga.monitoring;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.state.Awaiting;
import dev.caravan.saga.state.Correction;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import org.jspecify.annotations.Nullable;

/** One step of a saga as JSON for people and programs that look at it. */
final class StepJson {

    private StepJson() {}

    static ObjectNode of(StepState step, SagaState saga, @Nullable String sagaApplication) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", step.step().toString());
        node.put("status", step.status().name());
        String own = step.enlistment().application();
        SagaJson.putIfThere(node, "application", own == null ? sagaApplication : own);
        StepKind kind = step.enlistment().kind();
        SagaJson.putIfThere(node, "kind", kind == null ? null : kind.name());
        SagaJson.putIfThere(node, "error", SagaSummary.shown(step.error(), saga.sagaId()));
        SagaJson.putIfThere(node, "code", step.code().orElse(null));
        if (step.attempts() > 0) {
            node.put("attempts", step.attempts());
        }
        Awaiting awaiting = step.awaiting();
        if (saga.status() == SagaStatus.EXECUTING && step.isAwaiting() && awaiting != null) {
            node.put("awaits", Printable.of(awaiting.command()));
            node.put("awaitsSince", awaiting.since().toString());
            node.put("deadline", awaiting.deadline().toString());
        }
        if (step.status().wasGivenUp()
                && step.correction() != null
                && step.correction().proposed() != null) {
            Correction.Proposed proposed = step.correction().proposed();
            ObjectNode correction = node.putObject("correction").put("number", proposed.number());
            SagaJson.putIfThere(correction, "who", proposed.who());
            SagaJson.putIfThere(correction, "reason", proposed.reason());
        }
        node.put("enlistedAt", step.enlistedAt().toString());
        node.put("updatedAt", step.updatedAt().toString());
        return node;
    }
}
