package dev.caravan.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of the operations page that say who may use which topic and group. */
final class TrustTable {

    private static final Path PAGE = Path.of("../src/docs/operations.md");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    private final Map<String, Row> topics = new LinkedHashMap<>();
    private final Map<String, Set<String>> groups = new LinkedHashMap<>();

    /** One topic. */
    record Row(Set<String> writers, Set<String> readers, String danger) {}

    /** @param heading of the section whose tables are wanted, up to the next heading */
    TrustTable(String heading) {
        String table = "";
        for (String line : section(heading).split("\n")) {
            String[] cells = Arrays.stream(line.split("\\|")).map(String::trim).toArray(String[]::new);
            if (!line.startsWith("|")) {
                table = "";
            } else if (table.isEmpty()) {
                table = cells[1];
            } else if (table.equals("topic") && !cells[1].startsWith("---")) {
                topics.put(name(cells[1]), new Row(names(cells[2]), names(cells[3]), cells[4]));
            } else if (table.equals("group") && !cells[1].startsWith("---")) {
                groups.put(name(cells[1]), names(cells[2]));
            }
        }
    }

    private static String section(String heading) {
        try {
            String page = Files.readString(PAGE);
            int begin = page.indexOf("\n" + heading + "\n");
            int end = page.indexOf("\n#", begin + heading.length());
            return page.substring(begin, end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(String cell) {
        return names(cell).iterator().next();
    }

    private static Set<String> names(String cell) {
        return NAME.matcher(cell)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    Map<String, Row> topics() {
        return topics;
    }

    /** Who is in each group. */
    Map<String, Set<String>> groups() {
        return groups;
    }

    /** What a program may do, as {@code Read topic saga-logs}. */
    Set<String> rightsOf(String program) {
        Set<String> rights = new TreeSet<>();
        topics.forEach((topic, row) -> {
            if (row.readers().contains(program)) {
                rights.add("Read topic " + topic);
            }
            if (row.writers().contains(program)) {
                rights.add("Write topic " + topic);
            }
        });
        groups.forEach((group, members) -> {
            if (members.contains(program)) {
                rights.add("Read group " + group);
            }
        });
        return rights;
    }

    /** All that are named. */
    Set<String> programs() {
        Set<String> programs = new TreeSet<>();
        topics.values().forEach(row -> {
            programs.addAll(row.writers());
            programs.addAll(row.readers());
        });
        groups.values().forEach(programs::addAll);
        return programs;
    }
}
