package dev.caravan.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A machine's clock is set, forth and back. So the time of day is asked for only where something is written down, shown, or
 * read that another process has written; pauses and limits within a process go by a clock that does not jump.
 */
class TimeOfDayTest {

    private static final Pattern ASKED = Pattern.compile(
            "(?<!steady)(?<!steady\\(\\))\\.instant\\(\\)|\\.millis\\(\\)|currentTimeMillis|Instant\\.now");

    /** Each class that asks for the time of day, and what for. */
    private static final Map<String, String> WHAT_FOR = Map.ofEntries(
            Map.entry("SteadyClock", "its beginning"),
            Map.entry("LogWriter", "when an entry was written"),
            Map.entry("SagaTimers", "a saga's deadline is in the log, and holds after a crash"),
            Map.entry(
                    "SagaCommandProducer", "a step's deadline follows from the log; never longer than its whole time"),
            Map.entry("StartTime", "a saga's beginning is in the log, and holds after a crash"),
            Map.entry("Decider", "a saga's beginning is in the log, and holds after a crash"),
            Map.entry("KafkaHostLoop", "the age of entries"),
            Map.entry("ActionOnce", "rows of the inbox"),
            Map.entry("EndingOnce", "rows of the inbox"),
            Map.entry("InboxRows", "rows of the inbox"),
            Map.entry("JdbcInbox", "whether an action of the inbox is at work"),
            Map.entry("InboxRetention", "the age of rows of the inbox"),
            Map.entry("SagaView", "the age of sagas"),
            Map.entry("ViewMetrics", "the age of sagas"),
            Map.entry("SagaListRequest", "the age of sagas"),
            Map.entry("BulkAct", "when an act began and ended"),
            Map.entry("HardenedRecovery", "the time limit of an LRA is in its record"),
            Map.entry("LoggedLraRequests", "the time limit of an LRA is in the log"),
            Map.entry("LoggedLras", "the time limit of an LRA is in the log"),
            Map.entry("ParticipantCaller", "since when a participant has not answered is in the log"),
            Map.entry("RestoredLra", "the time limit of an LRA is in its record"));

    private static Stream<Path> sources(Path directory) {
        try {
            return Files.walk(directory).filter(file -> file.toString().endsWith(".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theTimeOfDayIsForWhatIsWrittenDown() {
        Map<String, Path> asking = new TreeMap<>();
        List.of("../core", "../camel", "../spring-boot-starter", "../../lra-coordinator").stream()
                .map(module -> Path.of(module, "src/main/java"))
                .flatMap(TimeOfDayTest::sources)
                .filter(file -> ASKED.matcher(text(file)).find())
                .forEach(file -> asking.put(file.getFileName().toString().replace(".java", ""), file));

        assertThat(asking.keySet())
                .as("what asks for the time of day, of which it is not said here what for: %s", asking)
                .isEqualTo(new TreeSet<>(WHAT_FOR.keySet()));
    }
}
