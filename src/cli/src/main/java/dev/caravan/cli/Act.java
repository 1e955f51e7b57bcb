package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is done with one saga, with several, or with all that match. */
abstract class Act implements Callable<Integer> {

    /** Has the compensations of FAILED sagas tried again. */
    @Command(
            name = "retry",
            description = "Has the compensations of FAILED sagas tried again. Remove the cause first.",
            mixinStandardHelpOptions = true)
    static final class Retry extends AtStep {}

    /** What FAILED sagas had left was undone by hand. */
    @Command(
            name = "resolve",
            description = "Says that what FAILED sagas had left was undone by hand.",
            mixinStandardHelpOptions = true)
    static final class Resolve extends AtStep {}

    /** Has running sagas undone. */
    @Command(name = "cancel", description = "Has running sagas undone.", mixinStandardHelpOptions = true)
    static final class Cancel extends Act {}

    /** What may be done for one step alone, too. */
    abstract static class AtStep extends Act {

        @Option(
                names = "--at",
                paramLabel = "STEP",
                description = "Only for this step of one saga, where it was given up.")
        private String step;

        @Override
        String path() {
            return step == null ? super.path() : "/steps/" + Query.encoded(step) + super.path();
        }

        @Override
        void ofMany(ObjectNode order) {
            if (step != null) {
                throw wrong("--at is for one saga");
            }
        }
    }

    @Mixin
    private Connection connection;

    @Mixin
    private Filter filter;

    @Parameters(arity = "0..*", paramLabel = "SAGA", description = "Sagas, by their ids; or else all that match.")
    private List<String> sagas = new ArrayList<>();

    @Option(names = "--why", required = true, paramLabel = "REASON", description = "It is written to the saga log.")
    private String why;

    @Mixin
    private Operator operator;

    @Option(names = "--dry-run", description = "Only says what would be done.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Does not ask before it acts on all that match.")
    private boolean yes;

    @Option(names = "--rate", paramLabel = "N", description = "Sagas in a second, at most; 20 by default.")
    private Integer rate;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long it is looked what becomes of one saga; ${DEFAULT-VALUE} by default.")
    private int seconds;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        if (sagas.isEmpty() == filter.parameters().isEmpty()) {
            throw wrong("Either ids of sagas are needed, or options that say which match");
        }
        Rest rest = connection.open();
        ObjectNode order = operator.order(why);
        says(order);
        if (sagas.size() == 1 && !dryRun) {
            return new OneAct(rest, command.commandLine().getOut()).run(sagas.get(0), path(), order, seconds);
        }
        order.put("action", action());
        ofMany(order);
        if (rate != null) {
            order.put("perSecond", rate);
        }
        if (sagas.isEmpty()) {
            order.set("filter", filter.json());
        } else {
            sagas.forEach(order.putArray("sagas")::add);
        }
        ManyActs acts = new ManyActs(rest, command.commandLine().getOut());
        int count = acts.preview(order);
        return dryRun || count == 0 ? 0 : agreed(count) ? acts.run(order) : Failure.REFUSED;
    }

    /** Under the path of a saga. */
    String path() {
        return "/" + command.name();
    }

    /** Of many sagas. */
    String action() {
        return command.name();
    }

    /** Adds what else is said. */
    void says(ObjectNode order) {}

    /** Adds what else is said of an act on many sagas. */
    void ofMany(ObjectNode order) {}

    private boolean agreed(int count) {
        if (yes || !sagas.isEmpty()) {
            return true;
        }
        if (System.console() == null) {
            throw wrong("Nobody can be asked whether to do it for %d sagas: --yes, or --dry-run".formatted(count));
        }
        return "y".equalsIgnoreCase(System.console().readLine("Do it for %d sagas? [y/N] ", count));
    }

    /** JSON that is given by an option. */
    final JsonNode given(String option, String text) {
        return JsonArgument.of(option, text, command);
    }

    final ParameterException wrong(String what) {
        return new ParameterException(command.commandLine(), what);
    }
}
