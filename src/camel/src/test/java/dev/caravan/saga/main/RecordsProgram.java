package dev.caravan.saga.main;

import dev.caravan.saga.camel.SagaConstants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.SagaPropagation;

/** An application in a process of its own: starts a saga for each record, and writes what it does into a file. */
public final class RecordsProgram {

    private RecordsProgram() {}

    /** Arguments: brokers, file, and whether its steps hang. */
    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "records");
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", arguments[0]);
        main.addInitialProperty("caravan.start-key", "message");
        main.configure().addRoutesBuilder(new Routes(Path.of(arguments[1]), Boolean.parseBoolean(arguments[2])));
        main.run();
    }

    private static final class Routes extends RouteBuilder {

        private final Path file;
        private final boolean hangs;

        private Routes(Path file, boolean hangs) {
            this.file = file;
            this.hangs = hangs;
        }

        @Override
        public void configure() {
            from("kafka:records?groupId=records-entrance&autoOffsetReset=earliest&sessionTimeoutMs=6000")
                    .routeId("records")
                    .process(exchange -> write("record"))
                    .to("direct:record-saga")
                    .process(exchange -> write("answered " + exchange.getIn().getBody()));
            from("direct:record-saga")
                    .routeId("record-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:book");
            from("direct:book")
                    .routeId("book")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .option(SagaConstants.IDEMPOTENT, constant("true"))
                    .process(exchange -> {
                        write("begun");
                        if (hangs) {
                            new CountDownLatch(1).await();
                        }
                        write("booked");
                    })
                    .setBody(constant("booked"));
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
