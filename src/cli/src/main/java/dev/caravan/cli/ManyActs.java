package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** An act on many sagas: what it would do, and how far it is until it has ended. */
final class ManyActs {

    private static final long PAUSE_MILLIS = 500;

    private final Rest rest;
    private final PrintWriter out;

    ManyActs(Rest rest, PrintWriter out) {
        this.rest = rest;
        this.out = out;
    }

    /** @return for how many sagas it would be done */
    int preview(ObjectNode order) {
        JsonNode preview =
                rest.post("/actions", order.deepCopy().put("dryRun", true)).body();
        int count = preview.path("count").asInt();
        out.printf("%s for %d sagas%n", Texts.of(preview, "action"), count);
        preview.path("leftOut")
                .properties()
                .forEach(left -> out.printf("left out: %s, %s%n", left.getValue(), Texts.plain(left.getKey())));
        JsonNode sagas = preview.path("sagas");
        sagas.forEach(saga -> out.println(Texts.joined(
                " ", " ", Texts.of(saga, "sagaId"), Texts.of(saga, "name"), Texts.of(saga, "key"), Said.of(saga))));
        if (sagas.size() < count) {
            out.printf("  and %d more%n", count - sagas.size());
        }
        return count;
    }

    /** @return 1: the act was stopped, or some sagas refused */
    int run(ObjectNode order) throws InterruptedException {
        JsonNode act = rest.post("/actions", order).body();
        String id = act.path("id").asText();
        out.println("act " + id);
        for (String told = ""; ; TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS)) {
            String progress = progress(act);
            if (!progress.equals(told)) {
                out.println(progress);
                told = progress;
            }
            if (!act.path("state").asText().equals("RUNNING")) {
                act.path("refusals")
                        .forEach(refusal -> out.printf(
                                "refused: %s: %s%n", Texts.of(refusal, "sagaId"), Texts.of(refusal, "detail")));
                return act.path("state").asText().equals("DONE")
                                && act.path("refused").asInt() == 0
                        ? 0
                        : Failure.REFUSED;
            }
            act = rest.get("/actions/" + id).body();
        }
    }

    private static String progress(JsonNode act) {
        String statuses = act.path("byStatus").properties().stream()
                .map(status -> status.getValue() + " " + status.getKey())
                .collect(Collectors.joining(", "));
        return "%s: %s of %s accepted, %s refused; now %s"
                .formatted(
                        Texts.of(act, "state"), act.path("accepted"), act.path("total"), act.path("refused"), statuses);
    }
}
