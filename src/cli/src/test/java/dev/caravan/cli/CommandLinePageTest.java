package dev.caravan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** src/docs/command-line.md has each command and option, and no other. */
class CommandLinePageTest {

    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");
    private static final List<String> COMMANDS =
            List.of("ls", "show", "tail", "retry", "resolve", "cancel", "correct", "ask", "reply", "export", "lras");
    /** Of the orchestrator, and of each command. */
    private static final Set<String> NOT_SAID = Set.of("--help", "--version");

    @Test
    void hasEachCommandAndOption() throws IOException {
        String page = Files.readString(Path.of("../docs/command-line.md"));
        Set<String> options = new TreeSet<>();
        for (String command : COMMANDS) {
            assertThat(page).contains("caravan " + command);
            options.addAll(found(help(command)));
        }
        assertThat(help()).contains(COMMANDS);

        Set<String> said = found(page);
        said.removeAll(NOT_SAID);
        options.removeAll(NOT_SAID);
        assertThat(said).isEqualTo(options);
    }

    private static String help(String... command) {
        StringWriter out = new StringWriter();
        String[] arguments = command.length == 0 ? new String[] {"--help"} : new String[] {command[0], "--help"};
        assertThat(Caravan.run(new PrintWriter(out), new PrintWriter(out), arguments))
                .isZero();
        return out.toString();
    }

    private static Set<String> found(String text) {
        Set<String> found = new TreeSet<>();
        OPTION.matcher(text).results().forEach(match -> found.add(match.group()));
        return found;
    }
}
