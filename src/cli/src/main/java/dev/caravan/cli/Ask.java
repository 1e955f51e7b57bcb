package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has participants tell what they hold of a step. Nothing changes by that. */
@Command(
        name = "ask",
        description = "Has the participants tell what they hold of a step. Nothing changes by that.",
        mixinStandardHelpOptions = true)
final class Ask implements Callable<Integer> {

    @Mixin
    private Connection connection;

    @Parameters(paramLabel = "SAGA", description = "Its id.")
    private String saga;

    @Option(names = "--at", required = true, paramLabel = "STEP", description = "Of which step.")
    private String step;

    @Option(names = "--why", required = true, paramLabel = "REASON", description = "It is written to the saga log.")
    private String why;

    @Mixin
    private Operator operator;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long an answer is waited for, 60 at most; ${DEFAULT-VALUE} by default.")
    private int seconds;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        JsonNode told = connection
                .open()
                .post(
                        "/%s/steps/%s/ask".formatted(Query.encoded(saga), Query.encoded(step)),
                        operator.order(why),
                        seconds)
                .body();
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.println(told);
            return 0;
        }
        for (JsonNode answer : told.path("answers")) {
            out.println(Texts.joined(
                    " ",
                    Texts.of(answer, "service"),
                    Texts.of(answer, "held"),
                    Texts.of(answer, "command"),
                    Texts.of(answer, "ending"),
                    Texts.joined(": ", Texts.of(answer, "code"), Texts.of(answer, "error"))));
            if (answer.has("result")) {
                out.println(Texts.plain(answer.path("result").toString()));
            }
        }
        if (told.path("answers").isEmpty()) {
            out.println(Texts.of(told, "says"));
        }
        return 0;
    }
}
