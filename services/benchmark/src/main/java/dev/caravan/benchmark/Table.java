package dev.caravan.benchmark;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The figures as a table: of each row and load, the round with the median of the CPU. */
final class Table {

    private static final String HEADINGS =
            "| row | in flight | rejected | sagas/s | p50 ms | p99 ms | CPU ms/saga | KB/saga | records/saga | CPU/floor | rate/floor |";

    private final List<Figures> figures;
    private final List<RowKind> rows;

    Table(List<Figures> figures, List<RowKind> rows) {
        this.figures = figures;
        this.rows = rows;
    }

    void print(PrintStream out) {
        begin(out, HEADINGS);
        List<Load> loads = figures.stream()
                .map(measured -> new Load(measured.inFlight(), measured.rejectedPercent()))
                .distinct()
                .toList();
        for (Load load : loads) {
            for (RowKind row : rows) {
                median(row, load).ifPresent(measured -> out.println(line(measured) + ratios(measured, load)));
            }
        }
    }

    /** The first two lines of a table. */
    static void begin(PrintStream out, String headings) {
        out.println(headings);
        out.println(headings.replaceAll("[^|]+", "---"));
    }

    static String line(Figures measured) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d %% | %,.0f | %.1f | %.1f | %.3f | %.0f | %.1f |",
                measured.row(),
                measured.inFlight(),
                measured.rejectedPercent(),
                measured.sagasPerSecond(),
                measured.p50Millis(),
                measured.p99Millis(),
                measured.cpuMillisPerSaga(),
                measured.allocatedKilobytesPerSaga(),
                measured.recordsPerSaga());
    }

    private String ratios(Figures measured, Load load) {
        return median(RowKind.FLOOR, load)
                .map(floor -> String.format(
                        Locale.ROOT,
                        " %.1f | %.2f |",
                        measured.cpuMillisPerSaga() / floor.cpuMillisPerSaga(),
                        measured.sagasPerSecond() / floor.sagasPerSecond()))
                .orElse(" | |");
    }

    private Optional<Figures> median(RowKind row, Load load) {
        List<Figures> rounds = figures.stream()
                .filter(measured -> measured.row().equals(row.label()))
                .filter(measured -> load.equals(new Load(measured.inFlight(), measured.rejectedPercent())))
                .sorted(Comparator.comparingDouble(Figures::cpuMillisPerSaga))
                .toList();
        return rounds.isEmpty() ? Optional.empty() : Optional.of(rounds.get(rounds.size() / 2));
    }
}
