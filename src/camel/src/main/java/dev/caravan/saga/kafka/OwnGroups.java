package dev.caravan.saga.kafka;

import dev.caravan.saga.camel.StartRefusedException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * The consumer groups in which Caravan reads for a Camel context. A {@code kafka:} consumer in one of them is refused before
 * it starts: Kafka divides the partitions of a group anew when all of its members ask for it, which a consumer does only when
 * its routes are through with what it polled, and those wait for a saga that begins when the partitions are divided. Nothing would go on for
 * {@code max.poll.interval.ms}, five minutes. Thread-safe.
 */
final class OwnGroups extends LifecycleStrategySupport {

    private final CamelContext context;
    private final Set<String> groups = new HashSet<>();

    private OwnGroups(CamelContext context) {
        this.context = context;
    }

    /** Looks at the routes that start from now on. */
    static OwnGroups in(CamelContext context) {
        OwnGroups groups = new OwnGroups(context);
        context.addLifecycleStrategy(groups);
        return groups;
    }

    /** @throws StartRefusedException a route reads in it */
    void add(String group) {
        synchronized (groups) {
            groups.add(group);
        }
        onRoutesAdd(context.getRoutes());
    }

    /** @throws StartRefusedException one of them reads in a group of Caravan's */
    @Override
    public void onRoutesAdd(Collection<Route> routes) {
        routes.forEach(this::check);
    }

    private void check(Route route) {
        if (route.getEndpoint() instanceof KafkaEndpoint kafka
                && has(kafka.getConfiguration().getGroupId())) {
            String group = kafka.getConfiguration().getGroupId();
            throw new StartRefusedException(
                    ("Route %s (%s) reads topic %s in consumer group %s, which is Caravan's here. Each would wait for the other"
                                    + " whenever Kafka divides the partitions, and no saga could begin for minutes.")
                            .formatted(
                                    route.getRouteId(),
                                    place(route),
                                    kafka.getConfiguration().getTopic(),
                                    group),
                    "Give the route a groupId of its own, such as %s-%s. If the topic was read before, copy the positions first."
                            .formatted(group, kafka.getConfiguration().getTopic()));
        }
    }

    private boolean has(String group) {
        synchronized (groups) {
            return groups.contains(group);
        }
    }

    private static String place(Route route) {
        return Optional.ofNullable(route.getSourceLocationShort())
                .orElseGet(() -> "from " + route.getEndpoint().toString());
    }
}
