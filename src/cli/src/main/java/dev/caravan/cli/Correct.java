package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Sends what was given up for one step of a saga again, with corrected data; where a second operator has to confirm it, that one
 * sees it here and says so.
 */
@Command(
        name = "correct",
        description = "Sends a compensation that was given up again, with corrected data.",
        mixinStandardHelpOptions = true)
final class Correct implements Callable<Integer> {

    @Mixin
    private Connection connection;

    @Parameters(paramLabel = "SAGA", description = "Its id.")
    private String saga;

    @Option(names = "--at", required = true, paramLabel = "STEP", description = "For which step.")
    private String step;

    @Option(
            names = "--data",
            paramLabel = "JSON",
            description = "An object with the fields that take the place of what the step had; @FILE has it read."
                    + " Without it, the corrected data that waits to be confirmed is shown.")
    private String data;

    @Option(
            names = "--confirm",
            paramLabel = "NUMBER",
            description = "Has the corrected data of this number sent, which somebody else gave.")
    private Long number;

    @Option(names = "--why", paramLabel = "REASON", description = "It is written to the saga log.")
    private String why;

    @Mixin
    private Operator operator;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long it is looked what becomes of it; ${DEFAULT-VALUE} by default.")
    private int seconds;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        if (data != null && number != null) {
            throw wrong("Either --data is given, or --confirm");
        }
        Rest rest = connection.open();
        if (data == null && number == null) {
            return show(rest);
        }
        if (why == null) {
            throw wrong("--why is needed: it is written to the saga log");
        }
        ObjectNode order = operator.order(why);
        if (number != null) {
            order.put("correction", number);
        } else {
            order.set("data", JsonArgument.of("--data", data, command));
        }
        String act = "/steps/" + Query.encoded(step) + (number == null ? "/correct" : "/confirm");
        return new OneAct(rest, command.commandLine().getOut()).run(saga, act, order, seconds);
    }

    private int show(Rest rest) {
        String path = "/" + Query.encoded(saga);
        for (JsonNode known : rest.get(path).body().path("steps")) {
            JsonNode correction = known.path("correction");
            if (Texts.of(known, "name").equals(step) && !correction.isMissingNode()) {
                JsonNode event = rest.get(path + "/events/" + Texts.of(correction, "number"))
                        .body();
                command.commandLine().getOut().println(EventLine.of(event));
                command.commandLine().getOut().println(event.path("data").toPrettyString());
                command.commandLine().getOut().printf("--confirm %s has it sent%n", Texts.of(correction, "number"));
                return 0;
            }
        }
        throw new Failure(Failure.REFUSED, "%s: step %s has no corrected data that waits".formatted(saga, step));
    }

    private ParameterException wrong(String what) {
        return new ParameterException(command.commandLine(), what);
    }
}
