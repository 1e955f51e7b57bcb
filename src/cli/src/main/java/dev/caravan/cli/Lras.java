package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** LRAs that other clients have started at the coordinator of the sagas; and what is done with one of them. */
@Command(
        name = "lras",
        description = "Lists the LRAs of other clients at the LRA coordinator, or acts on one of them.",
        mixinStandardHelpOptions = true)
final class Lras implements Callable<Integer> {

    /** Each is called as its path is. */
    enum Deed {
        CANCEL,
        CLOSE,
        RECOVER,
        FORGET
    }

    @Mixin
    private Connection connection;

    @Parameters(paramLabel = "LRA", arity = "0..1", description = "One LRA, by its id.")
    private String lra;

    @Option(names = "--status", description = "One or more, with commas between them.")
    private String status;

    @Option(names = "--sagas", description = "Also the LRAs of sagas.")
    private boolean sagas;

    @Option(names = "--limit", defaultValue = "100", description = "How many, 1 to 1000; ${DEFAULT-VALUE} by default.")
    private int limit;

    @Option(
            names = "--act",
            paramLabel = "ACT",
            description = "cancel or close an active one, recover: have its participants called again,"
                    + " forget one that failed, because it has been seen to.")
    private Deed deed;

    @Option(names = "--why", paramLabel = "REASON", description = "It is written to the application's log.")
    private String why;

    @Mixin
    private Operator operator;

    @Option(names = "--json", description = "An object in each line, as the REST interface has it.")
    private boolean json;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        if (deed != null && (lra == null || why == null)) {
            throw new ParameterException(command.commandLine(), "--act needs an LRA, and --why");
        }
        Rest rest = connection.open().lras();
        PrintWriter out = command.commandLine().getOut();
        if (deed != null) {
            out.println(says(act(rest)));
        } else if (lra != null) {
            print(List.of(rest.get("/" + Query.encoded(lra)).body()), out);
        } else {
            list(rest, out);
        }
        return 0;
    }

    private JsonNode act(Rest rest) {
        ObjectNode order = operator.order(why);
        return rest.post("/" + Query.encoded(lra) + "/" + deed.name().toLowerCase(Locale.ROOT), order)
                .body();
    }

    private String says(JsonNode answer) {
        return switch (deed) {
            case RECOVER -> "Its participants are called again";
            case FORGET -> lra + " is forgotten";
            case CANCEL, CLOSE -> "%s is %s".formatted(lra, Texts.of(answer, "status"));
        };
    }

    private void list(Rest rest, PrintWriter out) {
        Map<String, Object> query = new LinkedHashMap<>();
        query.put("limit", limit);
        if (status != null) {
            query.put("status", status);
        }
        if (sagas) {
            query.put("sagas", true);
        }
        Rest.Answer answer = rest.get(Query.of(query));
        List<JsonNode> lras = new ArrayList<>();
        answer.body().forEach(lras::add);
        print(lras, out);
        command.commandLine().getErr().printf("%d of %s LRAs%n", lras.size(), answer.header("Lra-Total"));
    }

    private void print(List<JsonNode> lras, PrintWriter out) {
        if (json) {
            lras.forEach(out::println);
        } else if (!lras.isEmpty()) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("LRA", "CLIENT", "STATUS", "SAGA", "BEGAN"));
            lras.forEach(each -> rows.add(List.of(
                    Texts.of(each, "id"),
                    Texts.of(each, "clientId"),
                    Texts.of(each, "status"),
                    Texts.of(each, "sagaId"),
                    Texts.ago(each, "startedAt"))));
            Texts.table(rows).forEach(out::println);
        }
    }
}
