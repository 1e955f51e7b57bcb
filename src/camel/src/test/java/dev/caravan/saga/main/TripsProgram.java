package dev.caravan.saga.main;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Header;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.SagaPropagation;

/**
 * An application in a process of its own, as others write them: routes without ids, steps of beans, two of which answer
 * behind a queue. It begins a saga for each record, and writes what it does into a file.
 */
public final class TripsProgram {

    private TripsProgram() {}

    /** Arguments: brokers and file. */
    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "trips");
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", arguments[0]);
        main.addInitialProperty("caravan.start-key", "message");
        main.configure().addRoutesBuilder(new Entrance());
        main.configure().addRoutesBuilder(new Routes(Path.of(arguments[1])));
        main.run();
    }

    private static final class Entrance extends RouteBuilder {
        @Override
        public void configure() {
            from("kafka:trips?groupId=trips-entrance&autoOffsetReset=earliest&sessionTimeoutMs=6000&consumersCount=8")
                    .to("direct:trip");
        }
    }

    /** The saga and its steps. */
    static final class Routes extends RouteBuilder {

        private final Path file;

        Routes(Path file) {
            this.file = file;
        }

        @Override
        public void configure() {
            from("direct:trip")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .setHeader("trip", body())
                    .to("direct:train")
                    .to("direct:flight")
                    .to("direct:payment");
            for (String what : new String[] {"train", "flight"}) {
                from("direct:" + what)
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .compensation("direct:cancel-" + what)
                        .option("trip", header("trip"))
                        .to(ExchangePattern.InOut, "seda:%s-desk?concurrentConsumers=8".formatted(what))
                        .setHeader(what, body());
                from("seda:%s-desk?concurrentConsumers=8".formatted(what)).bean(new Desk(what), "book");
                from("direct:cancel-" + what).bean(new Desk(what), "cancel");
            }
            from("direct:payment")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .option("trip", header("trip"))
                    .bean(this, "pay");
            from("direct:refund").bean(this, "refund");
        }

        /** Books a seat that nobody can tell beforehand. */
        public final class Desk {

            private final String what;

            Desk(String what) {
                this.what = what;
            }

            public String book(@Header("trip") String trip) {
                String seat = UUID.randomUUID().toString();
                write("done %s %s %s".formatted(what, trip, seat));
                return seat;
            }

            public void cancel(@Header("trip") String trip) {
                write("undone %s %s".formatted(what, trip));
            }
        }

        /** The card of every fifth is declined when the money is gone already. */
        public void pay(@Header("trip") String trip, @Header("train") String train, @Header("flight") String flight) {
            write("done payment %s %s %s".formatted(trip, train, flight));
            if (Integer.parseInt(trip) % 5 == 3) {
                throw new IllegalStateException("declined");
            }
        }

        public void refund(@Header("trip") String trip) {
            write("undone payment " + trip);
        }

        private void write(String line) {
            try {
                Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
