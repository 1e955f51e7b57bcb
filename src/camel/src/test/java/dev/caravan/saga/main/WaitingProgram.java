package dev.caravan.saga.main;

import dev.caravan.saga.camel.SagaConstants;
import dev.caravan.saga.camel.SagaStarter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.SagaPropagation;

/**
 * An application in a process of its own, whose clock is ahead: its sagas wait for days, for an approval or for their time.
 * It writes what it does into a file.
 */
public final class WaitingProgram {

    /** For an approval, which comes in time. */
    static final String APPROVED = "approved";

    /** For an approval, of which the deadline is less than two days away. */
    static final String LATE = "late";

    /** To begin within two days. */
    static final String LATER = "later";

    private WaitingProgram() {}

    /** Arguments: brokers, file, and how far its clock is ahead. */
    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "waiting");
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", arguments[0]);
        main.addInitialProperty("caravan.instance-id", "waiting-1");
        main.bind("clock", Clock.offset(Clock.systemUTC(), Duration.parse(arguments[2])));
        main.configure().addRoutesBuilder(new Routes(Path.of(arguments[1])));
        main.run();
    }

    private static final class Routes extends RouteBuilder {

        private final Path file;

        private Routes(Path file) {
            this.file = file;
        }

        @Override
        public void configure() {
            from("kafka:starts?groupId=waiting-starts&autoOffsetReset=earliest&sessionTimeoutMs=6000")
                    .routeId("starts")
                    .process(this::start);
            from("kafka:approvals?groupId=waiting-approvals&autoOffsetReset=earliest&sessionTimeoutMs=6000")
                    .routeId("approvals")
                    .setHeader(SagaConstants.SAGA_KEY, simple("key of ${body}"))
                    .to("saga-signal:approval");
            order(APPROVED, "49h");
            order(LATE, "47h");
            from("direct:" + LATER)
                    .routeId(LATER)
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .process(exchange -> write("begun " + LATER));
        }

        private void order(String name, String approvedWithin) {
            from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:reserve-" + name)
                    .to("saga-await:approval?timeout=" + approvedWithin)
                    .process(exchange -> write("bought " + name));
            from("direct:reserve-" + name)
                    .routeId("reserve-" + name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:release-" + name)
                    .process(exchange -> write("reserved " + name));
            from("direct:release-" + name).routeId("release-" + name).process(exchange -> write("released " + name));
        }

        /** As an application does that takes a request and does not wait for the end. */
        private void start(Exchange exchange) throws Exception {
            String name = exchange.getIn().getBody(String.class);
            SagaStarter starter =
                    exchange.getContext().getRegistry().lookupByNameAndType("caravanSagaStarter", SagaStarter.class);
            Map<String, Object> headers = name.equals(LATER) ? Map.of(SagaConstants.START_AFTER, "47h") : Map.of();
            starter.start("direct:" + name, Map.of("what", "a desk"), "key of " + name, headers)
                    .accepted()
                    .get();
            write("accepted " + name);
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
