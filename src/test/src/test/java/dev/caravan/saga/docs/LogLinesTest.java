package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Foreign text gets into a line of the log through {@code Printable} only. */
class LogLinesTest {

    private static final Pattern CALL =
            Pattern.compile("LOGGER\\s*\\.(?:trace|debug|info|warn|error|log|atLevel)\\(.*?;\\n", Pattern.DOTALL);

    /** Said of others, or by them. */
    private static final Pattern FOREIGN = Pattern.compile("\\b(?:getMessage|toString|getBody|error|reason|application"
            + "|key|value|name|type|text)\\(\\)|Failures\\.text|\\b(?:error|reason|e|failure|cause)\\)");

    private static final Pattern SAGA = Pattern.compile("[Ss]aga (?:\\{} )?\\{}");
    private static final Pattern BY_ID = Pattern.compile("\\bsaga\\.id\\(\\)|\\bsagaId\\b");
    private static final Pattern BY_ITSELF = Pattern.compile("\\bmention\\((?:\\w+\\.)?sagaId(?:\\(\\))?\\)");

    private static final Set<String> WITHIN_A_COMMAND = Set.of("ActionOnce.java", "HeldSteps.java");

    private static final Pattern PRINTABLE = Pattern.compile("Printable\\.(?:of|failure)\\(");

    @Test
    void showsForeignTextWithoutOrdersToATerminal() {
        assertThat(Repository.library()).isNotEmpty().flatMap(LogLinesTest::raw).isEmpty();
    }

    /** By itself, not by its id alone: the logger then has its key and trace, too. */
    @Test
    void nameASagaByItself() {
        assertThat(Repository.library()).flatMap(LogLinesTest::nameless).isEmpty();
    }

    private static List<String> nameless(Path file) {
        String text = Repository.text(file);
        // while a participant does a command or answers a question, the MDC has all that is known of its saga
        boolean within = WITHIN_A_COMMAND.contains(file.getFileName().toString());
        boolean known = within || text.contains("SagaLogger.of(");
        return CALL.matcher(text)
                .results()
                .map(MatchResult::group)
                .filter(call -> SAGA.matcher(call).find())
                .filter(call -> !known
                        || !within
                                && BY_ID.matcher(BY_ITSELF.matcher(call).replaceAll(""))
                                        .find())
                .map(call -> file.getFileName() + ": " + call)
                .toList();
    }

    private static List<String> raw(Path file) {
        return CALL.matcher(Repository.text(file))
                .results()
                .map(call -> withoutTexts(call.group()))
                .filter(call -> FOREIGN.matcher(call).find())
                .map(call -> file.getFileName() + ": " + call)
                .toList();
    }

    /** Neither the words of the line nor what is printable already. */
    private static String withoutTexts(String call) {
        StringBuilder rest = new StringBuilder(call.replaceAll("\"(?:[^\"\\\\]|\\\\.)*\"", ""));
        for (Matcher printable = PRINTABLE.matcher(rest); printable.find(); printable = PRINTABLE.matcher(rest)) {
            int end = printable.end();
            for (int open = 1; open > 0; end++) {
                open += rest.charAt(end) == '(' ? 1 : rest.charAt(end) == ')' ? -1 : 0;
            }
            rest.delete(printable.start(), end);
        }
        return rest.toString();
    }
}
