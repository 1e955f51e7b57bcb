package dev.caravan.benchmark;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.NestedExceptionUtils;

/**
 * What is measured.
 *
 * @param rows in the order of the table
 * @param inFlight sagas at the same time
 * @param rejected how many of 100 sagas are rejected at the last step
 * @param sagas of one measurement at most
 * @param duration of one measurement at most
 * @param warmUp how long each row works before it is measured
 * @param rounds how often all is measured, one row after the other in each
 * @param brokers of a Kafka that runs; none: one in this process, which is empty for each row
 * @param growth numbers of sagas in flight to be measured instead; none: the rows
 * @param history numbers of finished sagas in the log with which a start is measured instead; none: the rows
 * @param serve port of this machine at which the one row takes orders over HTTP until the process is stopped, instead of
 *     being measured; none: the rows are measured
 * @param url where orders are placed over HTTP instead, in a shop that runs, for instance {@code
 *     http://localhost:8080/api/orders}; none: the rows
 * @param json where the figures go; none: nowhere
 */
record Options(
        @DefaultValue({"log", "floor"}) List<RowKind> rows,
        @DefaultValue({"1", "16", "64", "256"}) List<Integer> inFlight,
        @DefaultValue("0") List<Integer> rejected,
        @DefaultValue("20000") int sagas,
        @DefaultValue("5s") Duration duration,
        @DefaultValue("5s") Duration warmUp,
        @DefaultValue("3") int rounds,
        String brokers,
        @DefaultValue List<Integer> growth,
        @DefaultValue List<Integer> history,
        Integer serve,
        URI url,
        Path json) {

    private static final String PREFIX = "benchmark";

    Options {
        if (brokers != null && rows.stream().anyMatch(RowKind::isFlushed)) {
            throw new IllegalArgumentException(
                    "log-flushed is about the broker of this process: leave it out, or leave out --brokers");
        }
        if (serve != null && rows.size() != 1) {
            throw new IllegalArgumentException("--serve is for one row: write, for instance, --rows=log");
        }
    }

    /** The heaviest, and with sagas that are rejected if any are measured: what undoes them has to be compiled, too. */
    Load warmUpLoad() {
        return new Load(Collections.max(inFlight), Collections.max(rejected));
    }

    /** @throws IllegalArgumentException an argument that is unknown or has a value that cannot be used */
    static Options parse(String... arguments) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (!argument.startsWith("--") || parts.length < 2) {
                throw new IllegalArgumentException("Not an option: %s. Write --name=value".formatted(argument));
            }
            source.put(PREFIX + "." + parts[0].substring(2), parts[1]);
        }
        Binder binder = new Binder(List.of(source), null, ApplicationConversionService.getSharedInstance());
        try {
            return binder.bindOrCreate(
                    PREFIX, Bindable.of(Options.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
        } catch (BindException e) {
            String problem = NestedExceptionUtils.getMostSpecificCause(e).getMessage();
            throw new IllegalArgumentException("%s: %s".formatted(e.getName(), problem), e);
        }
    }
}
