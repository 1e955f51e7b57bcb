package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The sagas that match; how many there are, and how far the list is behind, is said beside them. */
@Command(
        name = "ls",
        description = "Lists the sagas that match, those that need a person first.",
        mixinStandardHelpOptions = true)
final class ListSagas implements Callable<Integer> {

    @Mixin
    private Connection connection;

    @Mixin
    private Filter filter;

    @Option(names = "--limit", defaultValue = "100", description = "How many, 1 to 1000; ${DEFAULT-VALUE} by default.")
    private int limit;

    @Option(names = "--latest", description = "The latest first.")
    private boolean latest;

    @Option(names = "--groups", description = "Counts them by status, application, step and code.")
    private boolean groups;

    @Option(names = "--json", description = "An object in each line, as the REST interface has it.")
    private boolean json;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        Map<String, Object> query = new LinkedHashMap<>(filter.parameters());
        query.put("limit", limit);
        if (!groups) {
            query.put("order", latest ? "latest" : "attention");
        }
        Rest.Answer answer = connection.open().get((groups ? "/groups" : "") + Query.of(query));
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            answer.body().forEach(out::println);
        } else if (!answer.body().isEmpty()) {
            Texts.table(groups ? groups(answer.body()) : lines(answer.body())).forEach(out::println);
        }
        PrintWriter err = command.commandLine().getErr();
        if (!groups) {
            err.printf("%d of %s sagas%n", answer.body().size(), answer.header("Saga-Total"));
        }
        String lag = answer.header("Saga-View-Lag");
        if (!lag.isEmpty() && !lag.equals("0")) {
            err.printf("The list is %s records of the saga log behind%n", lag);
        }
        return 0;
    }

    private static List<List<String>> lines(JsonNode sagas) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("SAGA", "NAME", "STATUS", "KEY", "STEP", "BEGAN", "SAYS"));
        for (JsonNode saga : sagas) {
            rows.add(List.of(
                    Texts.of(saga, "sagaId"),
                    Texts.of(saga, "name"),
                    Texts.of(saga, "status"),
                    Texts.of(saga, "key"),
                    Texts.of(saga, "step"),
                    Texts.ago(saga, "startedAt"),
                    Said.of(saga)));
        }
        return rows;
    }

    private static List<List<String>> groups(JsonNode groups) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("SAGAS", "STATUS", "APPLICATION", "STEP", "CODE", "OLDEST", "NEWEST", "SAYS"));
        for (JsonNode group : groups) {
            rows.add(List.of(
                    Texts.of(group, "count"),
                    Texts.of(group, "status"),
                    Texts.of(group, "application"),
                    Texts.of(group, "step"),
                    Texts.of(group, "code"),
                    Texts.ago(group, "oldest"),
                    Texts.ago(group, "newest"),
                    Texts.of(group, "says")));
        }
        return rows;
    }
}
