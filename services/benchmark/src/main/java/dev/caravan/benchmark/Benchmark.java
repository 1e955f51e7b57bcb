package dev.caravan.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures the order saga, one row after the other, several times, and prints a table. The options are those of
 * {@link Options}. Ends with 1 if an option is wrong or a measurement failed.
 */
public final class Benchmark {

    private final Options options;
    private final PrintStream out;
    private final List<Figures> figures = new ArrayList<>();

    private Benchmark(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
            return;
        }
        new Benchmark(options, System.out).run();
        System.exit(0);
    }

    private void run() throws Exception {
        out.println(Machine.describe());
        for (int round = 1; round <= options.rounds(); round++) {
            for (RowKind kind : options.rows()) {
                measure(kind, round);
            }
        }
        out.println();
        new Table(figures, options.rows()).print(out);
        if (options.json() != null) {
            JsonMapper.builder()
                    .findAndAddModules()
                    .build()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(
                            options.json().toFile(),
                            Map.of("machine", Machine.describe(), "options", options.toString(), "figures", figures));
        }
    }

    private void measure(RowKind kind, int round) throws Exception {
        try (Broker broker = Broker.start(kind.isFlushed());
                Row row = kind.open(broker)) {
            int most = options.inFlight().stream()
                    .mapToInt(Integer::intValue)
                    .max()
                    .orElseThrow();
            new ClosedLoop(row, new Load(most, 0)).run(options.sagas(), options.warmUp());
            for (int rejected : options.rejected()) {
                for (int inFlight : options.inFlight()) {
                    Figures measured = measure(kind, broker, row, new Load(inFlight, rejected), round);
                    figures.add(measured);
                    out.println(Table.line(measured));
                }
            }
        }
    }

    private Figures measure(RowKind kind, Broker broker, Row row, Load load, int round) throws Exception {
        System.gc();
        long recordsBefore = broker.records();
        Effects.Counts effectsBefore = row.effects();
        Usage before = Usage.now();
        ClosedLoop.Outcome outcome = new ClosedLoop(row, load).run(options.sagas(), options.duration());
        Usage usage = Usage.now().since(before);
        row.effects().since(effectsBefore).requireConservation(outcome.sagas(), outcome.rejected());
        return Figures.of(kind, load, round, outcome, usage, broker.records() - recordsBefore);
    }
}
