package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One saga: what is said of it, its steps, and all that happened, without payloads. */
@Command(
        name = "show",
        description = "Shows one saga: its steps and all that happened.",
        mixinStandardHelpOptions = true)
final class ShowSaga implements Callable<Integer> {

    private static final List<String> FACTS = List.of(
            "key",
            "application",
            "version",
            "instance",
            "parent",
            "step",
            "code",
            "reason",
            "trouble",
            "deadline",
            "startedAt",
            "updatedAt");

    @Mixin
    private Connection connection;

    @Parameters(paramLabel = "SAGA", description = "Its id.")
    private String saga;

    @Option(names = "--json", description = "As the REST interface has it.")
    private boolean json;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        JsonNode found = connection.open().get("/" + Query.encoded(saga)).body();
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.println(found.toPrettyString());
            return 0;
        }
        out.printf("%s %s %s%n", Texts.of(found, "sagaId"), Texts.of(found, "name"), Texts.of(found, "status"));
        if (found.has("attention")) {
            out.println("! " + Said.attention(Texts.of(found, "attention")));
        }
        FACTS.stream().filter(found::has).forEach(fact -> out.printf("%-12s %s%n", fact, Texts.of(found, fact)));
        if (!found.path("steps").isEmpty()) {
            out.println();
            Texts.table(steps(found.path("steps"))).forEach(out::println);
        }
        out.println();
        found.path("events").forEach(event -> out.println(EventLine.of(event)));
        return 0;
    }

    private static List<List<String>> steps(JsonNode steps) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STEP", "STATUS", "KIND", "ATTEMPTS", "SAYS"));
        for (JsonNode step : steps) {
            String waits = Texts.joined("; ", Said.awaits(step), Said.correction(step));
            rows.add(List.of(
                    Texts.of(step, "name"),
                    Texts.of(step, "status"),
                    Texts.of(step, "kind"),
                    Texts.of(step, "attempts"),
                    waits.isEmpty() ? Texts.joined(": ", Texts.of(step, "code"), Texts.of(step, "error")) : waits));
        }
        return rows;
    }
}
