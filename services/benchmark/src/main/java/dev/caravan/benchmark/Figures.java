package dev.caravan.benchmark;

/**
 * One measurement.
 *
 * @param round begins with 1
 * @param p50Millis and p99Millis: from the start of a saga to its end
 * @param cpuMillisPerSaga of the whole process: broker, orchestrator, participants, and the driver
 */
record Figures(
        String row,
        int inFlight,
        int rejectedPercent,
        int round,
        int sagas,
        double sagasPerSecond,
        double p50Millis,
        double p99Millis,
        double cpuMillisPerSaga,
        double allocatedKilobytesPerSaga,
        double recordsPerSaga) {

    static Figures of(RowKind row, Load load, int round, ClosedLoop.Outcome outcome, Usage usage, long records) {
        double sagas = outcome.sagas();
        return new Figures(
                row.label(),
                load.inFlight(),
                load.rejectedPercent(),
                round,
                outcome.sagas(),
                sagas / outcome.nanos() * 1e9,
                outcome.percentileMillis(50),
                outcome.percentileMillis(99),
                usage.cpuNanos() / 1e6 / sagas,
                usage.allocatedBytes() / 1024.0 / sagas,
                records / sagas);
    }
}
