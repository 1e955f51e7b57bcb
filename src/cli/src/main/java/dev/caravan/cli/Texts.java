package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How things are said to a person at a terminal. */
final class Texts {

    private static final int MOST_IN_COLUMN = 40;

    /** Controls, C1 ones too, marks that turn the direction of writing or are not seen, and ends of lines. */
    private static final Pattern ORDERS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private Texts() {}

    /** Without what a terminal would take for an order, or show as what it is not: as the library's own log lines. */
    static String plain(String text) {
        return ORDERS.matcher(text).replaceAll(" ");
    }

    /** @return empty for a field that is not there */
    static String of(JsonNode node, String field) {
        return plain(node.path(field).asText(""));
    }

    /** Those that are there, with something between them. */
    static String joined(String between, String... texts) {
        return Stream.of(texts).filter(text -> !text.isEmpty()).collect(Collectors.joining(between));
    }

    /** How long ago a time was; empty for a field that is not there. */
    static String ago(JsonNode node, String field) {
        String at = of(node, field);
        return at.isEmpty() ? "" : age(Duration.between(Instant.parse(at), Instant.now())) + " ago";
    }

    static String age(Duration age) {
        if (age.toMinutes() < 2) {
            return age.toSeconds() + " s";
        }
        if (age.toHours() < 2) {
            return age.toMinutes() + " min";
        }
        return age.toDays() < 2 ? age.toHours() + " h" : age.toDays() + " days";
    }

    /** Rows in columns; the first column and the last one are never cut. */
    static List<String> table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], cut(i, columns, row.get(i)).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = cut(i, columns, row.get(i));
                line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String cut(int column, int columns, String cell) {
        return column == 0 || column == columns - 1 || cell.length() <= MOST_IN_COLUMN
                ? cell
                : cell.substring(0, MOST_IN_COLUMN - 1) + "…";
    }
}
