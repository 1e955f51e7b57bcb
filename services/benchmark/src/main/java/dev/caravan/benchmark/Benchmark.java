package dev.caravan.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the order saga, one row after the other, several times, and prints a table. The options are those of
 * {@link Options}. Ends with 1 if an option is wrong or a measurement failed.
 */
public final class Benchmark {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);

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
        if (!options.growth().isEmpty()) {
            Table.begin(out, Growth.HEADINGS);
            for (int sagas : options.growth()) {
                new Growth(sagas).print(out);
            }
            return;
        }
        if (!options.history().isEmpty()) {
            Table.begin(out, History.HEADINGS);
            for (int sagas : options.history()) {
                new History(sagas).print(out);
            }
            return;
        }
        if (options.url() != null) {
            measureOverHttp();
            return;
        }
        if (options.serve() != null) {
            serve(options.rows().get(0));
            return;
        }
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

    /** Until the process is told to stop. */
    private void serve(RowKind kind) throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            await(closed);
        }));
        try (Broker broker = broker(kind);
                Row row = kind.open(broker);
                HttpFront front = HttpFront.start(options.serve(), row)) {
            out.printf("%s takes orders at %s%n", kind.label(), front.orders());
            stop.await();
        } finally {
            closed.countDown();
        }
    }

    private static void await(CountDownLatch closed) {
        try {
            closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Broker broker(RowKind kind) throws Exception {
        return options.brokers() == null ? Broker.start(kind.isFlushed()) : Broker.at(options.brokers());
    }

    private void measure(RowKind kind, int round) throws Exception {
        try (Broker broker = broker(kind);
                Row row = kind.open(broker)) {
            new ClosedLoop(row::run, options.warmUpLoad()).run(options.sagas(), options.warmUp());
            for (int rejected : options.rejected()) {
                for (int inFlight : options.inFlight()) {
                    Figures measured = measure(kind, broker, row, new Load(inFlight, rejected), round);
                    figures.add(measured);
                    out.println(Table.line(measured));
                }
            }
        }
    }

    /** What was done there is not looked at; that each saga ended as it should is checked. */
    private void measureOverHttp() throws Exception {
        HttpOrders orders = new HttpOrders(options.url());
        new ClosedLoop(orders::place, options.warmUpLoad()).run(options.sagas(), options.warmUp());
        Table.begin(out, HttpOrders.HEADINGS);
        for (int round = 1; round <= options.rounds(); round++) {
            for (int rejected : options.rejected()) {
                for (int inFlight : options.inFlight()) {
                    Duration before = orders.serverCpu();
                    Load load = new Load(inFlight, rejected);
                    ClosedLoop.Outcome outcome =
                            new ClosedLoop(orders::place, load).run(options.sagas(), options.duration());
                    out.println(
                            HttpOrders.line(load, outcome, orders.serverCpu().minus(before)));
                }
            }
        }
    }

    /** Camel's own saga service in memory tells the end of a saga before its last compensations have ended. */
    private static void awaitConservation(Row row, Effects.Counts before, ClosedLoop.Outcome outcome) {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        for (; ; ) {
            Optional<String> violation =
                    row.effects().counts().since(before).violation(outcome.sagas(), outcome.rejected());
            if (violation.isEmpty()) {
                return;
            }
            if (System.nanoTime() > patience) {
                throw new IllegalStateException("%d sagas, %d of them rejected: %s"
                        .formatted(outcome.sagas(), outcome.rejected(), violation.get()));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private Figures measure(RowKind kind, Broker broker, Row row, Load load, int round) throws Exception {
        System.gc();
        long recordsBefore = broker.records();
        Effects.Counts effectsBefore = row.effects().counts();
        Duration elsewhereBefore = row.effects().cpu();
        Usage before = Usage.now();
        ClosedLoop.Outcome outcome = new ClosedLoop(row::run, load).run(options.sagas(), options.duration());
        Usage usage = Usage.now().since(before);
        Duration elsewhere = row.effects().cpu().minus(elsewhereBefore);
        awaitConservation(row, effectsBefore, outcome);
        return Figures.of(kind, load, round, outcome, usage.plus(elsewhere), broker.records() - recordsBefore);
    }
}
