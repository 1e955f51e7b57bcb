package dev.caravan.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The answer to a step that waits for a person. */
@Command(name = "reply", description = "Answers a step that waits for a person.", mixinStandardHelpOptions = true)
final class Reply extends Act {

    @Option(names = "--at", required = true, paramLabel = "STEP", description = "Which step is answered.")
    private String step;

    @Option(
            names = "--body",
            paramLabel = "JSON",
            description = "With which the route goes on; @FILE has it read. Without it, the message stays as it is.")
    private String body;

    @Option(names = "--no", paramLabel = "CODE", description = "The answer is a no, with this code.")
    private String code;

    @Option(names = "--error", paramLabel = "TEXT", description = "Says a no to a person.")
    private String error;

    @Override
    String path() {
        return "/steps/" + Query.encoded(step) + "/reply";
    }

    @Override
    String action() {
        return "answer";
    }

    @Override
    void says(ObjectNode order) {
        if (body != null) {
            order.set("body", given("--body", body));
        }
        if (code != null) {
            order.put("code", code);
        }
        if (error != null) {
            order.put("error", error);
        }
    }

    @Override
    void ofMany(ObjectNode order) {
        order.put("step", step);
    }
}
