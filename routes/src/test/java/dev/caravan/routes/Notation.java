package dev.caravan.routes;

import dev.caravan.saga.test.SagaScenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** A way in which the order saga is written down. */
enum Notation {
    XML(".camel.xml"),
    YAML(".camel.yaml"),
    /** Compiled when it is loaded, as Camel K does it. */
    JAVA(".java"),
    /** Compiled by Maven. */
    COMPILED(null);

    private final String ending;

    Notation(String ending) {
        this.ending = ending;
    }

    void addTo(CamelContext context) throws Exception {
        add(context, "orchestration", new OrderSaga());
    }

    /** The services by events. */
    void addEventsTo(CamelContext context) throws Exception {
        add(
                context,
                "choreography",
                new InventoryService(),
                new OrderService(),
                new PaymentService(),
                new ShippingService());
    }

    private void add(CamelContext context, String directory, RoutesBuilder... compiled) throws Exception {
        if (ending == null) {
            for (RoutesBuilder routes : compiled) {
                context.addRoutes(routes);
            }
        } else {
            for (Resource file : files(context, directory)) {
                PluginHelper.getRoutesLoader(context).loadRoutes(file);
            }
        }
    }

    private List<Resource> files(CamelContext context, String directory) throws IOException {
        try (Stream<Path> all = Files.list(Path.of(directory))) {
            return all.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .map(file -> ResourceHelper.resolveResource(context, "file:" + file.toAbsolutePath()))
                    .toList();
        }
    }

    SagaScenario scenario() {
        return SagaScenario.of(this::addTo);
    }
}
