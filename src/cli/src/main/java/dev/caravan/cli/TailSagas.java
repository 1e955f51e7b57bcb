package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Each saga that changes, in a line; or each event of one saga, until it has ended. */
@Command(
        name = "tail",
        description = "Shows each saga that changes, or each event of one saga until it has ended.",
        mixinStandardHelpOptions = true)
final class TailSagas implements Callable<Integer> {

    private static final Set<String> ENDS = Set.of("COMPLETED", "COMPENSATED", "FAILED");

    @Mixin
    private Connection connection;

    @Parameters(paramLabel = "SAGA", arity = "0..1", description = "One saga, by its id.")
    private String saga;

    @Option(names = "--name", description = "Only sagas of this name.")
    private String name;

    @Option(names = "--attention", description = "Only those that a person should look at.")
    private boolean attention;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many changes.")
    private Integer count;

    @Option(names = "--json", description = "An object in each line, as the REST interface has it.")
    private boolean json;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        Rest rest = connection.open();
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        Changes.Follower follower = saga == null ? new OfAll(out, err) : new OfOne(rest, out);
        new Changes(rest, says -> err.println(Texts.plain(says)), follower).follow();
        return 0;
    }

    private final class OfAll implements Changes.Follower {

        private final PrintWriter out;
        private final PrintWriter err;
        private boolean began;
        private int shown;

        OfAll(PrintWriter out, PrintWriter err) {
            this.out = out;
            this.err = err;
        }

        @Override
        public boolean changed(JsonNode line) {
            if (name != null && !name.equals(line.path("name").asText()) || attention && !line.has("attention")) {
                return true;
            }
            out.println(
                    json
                            ? line.toString()
                            : Texts.joined(
                                    " ",
                                    Texts.of(line, "updatedAt"),
                                    Texts.of(line, "sagaId"),
                                    Texts.of(line, "name"),
                                    Texts.of(line, "status"),
                                    Texts.of(line, "key"),
                                    Texts.of(line, "step"),
                                    Said.of(line)));
            shown++;
            return count == null || shown < count;
        }

        @Override
        public boolean missed() {
            if (began) {
                err.println("Some changes were left out: caravan ls has all sagas");
            }
            began = true;
            return true;
        }
    }

    private final class OfOne implements Changes.Follower {

        private final Rest rest;
        private final PrintWriter out;
        private int shown;

        OfOne(Rest rest, PrintWriter out) {
            this.rest = rest;
            this.out = out;
        }

        @Override
        public boolean changed(JsonNode line) {
            return !line.path("sagaId").asText().equals(saga) || missed();
        }

        /** The saga is read again: its events only become more. */
        @Override
        public boolean missed() {
            JsonNode found = rest.get("/" + Query.encoded(saga)).body();
            JsonNode events = found.path("events");
            for (; shown < events.size() && (count == null || shown < count); shown++) {
                out.println(json ? events.get(shown).toString() : EventLine.of(events.get(shown)));
            }
            return (count == null || shown < count)
                    && !ENDS.contains(found.path("status").asText());
        }
    }
}
