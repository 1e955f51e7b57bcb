package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ImmediateShutdown;
import dev.caravan.saga.test.World;
import dev.caravan.saga.test.WorldThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** Camel with the log as coordinator, or one that speaks LRA, one instance, and everything else in memory, on the test's thread. */
final class SagaRing implements AutoCloseable {

    final World world;
    final Cluster cluster;
    final DefaultCamelContext context;
    final Cluster.Member member;
    private final ProducerTemplate template;

    SagaRing(RoutesBuilder... routes) throws Exception {
        this(World.inOrder(), (SimulatedLraCoordinator) null, routes);
    }

    /** @param coordinator who decides how sagas end; {@code null}: the log */
    SagaRing(World world, SimulatedLraCoordinator coordinator, RoutesBuilder... routes) throws Exception {
        this(world, coordinator, 1, routes);
    }

    /** One whose log has so many partitions. */
    SagaRing(World world, SimulatedLraCoordinator coordinator, int partitions, RoutesBuilder... routes)
            throws Exception {
        this(world, new Cluster(world, partitions, coordinator), routes);
    }

    /** One that passivates exchanges of which more wait. */
    static SagaRing passivatingBeyond(int limit, RoutesBuilder... routes) throws Exception {
        World world = World.inOrder();
        Cluster cluster = new Cluster(world, 1);
        cluster.passivateBeyond(limit);
        return new SagaRing(world, cluster, routes);
    }

    private SagaRing(World world, Cluster known, RoutesBuilder... routes) throws Exception {
        this.world = world;
        cluster = known;
        context = new DefaultCamelContext();
        member = cluster.add(context);
        prepare(world, context, member);
        for (RoutesBuilder builder : routes) {
            context.addRoutes(builder);
        }
        context.start();
        template = context.createProducerTemplate();
        for (int partition = 0; partition < cluster.partitions(); partition++) {
            member.gain(partition);
        }
        world.run();
    }

    /** Puts a context on an instance; its routes are still to come. */
    static void prepare(World world, DefaultCamelContext context, Cluster.Member member) throws Exception {
        context.getExecutorServiceManager().setThreadPoolFactory(new WorldThreads(() -> world));
        context.setShutdownStrategy(new ImmediateShutdown(context));
        context.getRegistry().bind("sagaHost", member.host);
        context.getRegistry().bind("sagaAnswers", member.answers);
        context.getRegistry().bind("sagaKeys", SagaKeys.inLog(member.host));
        context.addService(member.sagas);
    }

    /** Its instance has died; another one has its sagas, with routes of its own. */
    SagaRing takenOver(RoutesBuilder... routes) throws Exception {
        return new SagaRing(world, cluster, routes);
    }

    /** Sends a message, and lets everything happen that can without time going by. */
    CompletableFuture<Exchange> send(String endpoint, Object body, Map<String, Object> headers) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getIn().setBody(body);
        exchange.getIn().setHeaders(headers);
        CompletableFuture<Exchange> done = new CompletableFuture<>();
        world.as(member.instance, () -> template.asyncSend(context.getEndpoint(endpoint), exchange)
                .whenComplete((sent, failure) -> done.complete(exchange)));
        world.run();
        return done;
    }

    CompletableFuture<Exchange> send(String endpoint, Object body) {
        return send(endpoint, body, Map.of());
    }

    /** Sends a message and has the answer without time going by. */
    Exchange answer(String endpoint, Object body) {
        return answer(endpoint, body, Map.of());
    }

    /** Sends a message with headers and has the answer without time going by. */
    Exchange answer(String endpoint, Object body, Map<String, Object> headers) {
        CompletableFuture<Exchange> sent = send(endpoint, body, headers);
        assertThat(sent).isDone();
        return sent.join();
    }

    void advance(Duration duration) {
        world.advance(duration);
    }

    /** The one saga of this test. */
    SagaState saga() {
        assertThat(cluster.log.sagas()).hasSize(1);
        return cluster.state(cluster.log.sagas().get(0));
    }

    List<SagaState> sagas() {
        return cluster.log.sagas().stream().map(cluster::state).toList();
    }

    List<SagaEvent> events(SagaId sagaId) {
        return cluster.log.entries(sagaId).stream().map(SagaLogEntry::event).toList();
    }

    /** Nothing is kept of what has ended, and nothing waits for its time. */
    void assertNothingIsPending() {
        assertThat(member.host.size()).isZero();
        assertThat(cluster.waiting()).isZero();
        assertThat(context.getInflightRepository().size()).isZero();
    }

    @Override
    public void close() {
        context.stop();
    }
}
