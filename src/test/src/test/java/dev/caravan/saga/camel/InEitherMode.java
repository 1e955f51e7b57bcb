package dev.caravan.saga.camel;

import dev.caravan.saga.test.World;
import org.apache.camel.RoutesBuilder;

/** A test of what holds whoever decides how sagas end: the log; in {@link LraModeTest} an LRA coordinator. */
abstract class InEitherMode {

    private boolean ofLra;

    /** From now on, an LRA coordinator decides. */
    final void ofLra() {
        ofLra = true;
    }

    final SagaRing ring(RoutesBuilder... routes) throws Exception {
        return ring(World.inOrder(), routes);
    }

    /** In a world where what can happen at the same time may happen in another order. */
    final SagaRing ring(World world, RoutesBuilder... routes) throws Exception {
        return new SagaRing(world, coordinator(world), routes);
    }

    /** With a log of so many partitions. */
    final SagaRing ringOf(int partitions, RoutesBuilder... routes) throws Exception {
        World world = World.inOrder();
        return new SagaRing(world, coordinator(world), partitions, routes);
    }

    final Cluster cluster(World world) {
        return new Cluster(world, 1, coordinator(world));
    }

    private SimulatedLraCoordinator coordinator(World world) {
        return ofLra ? new SimulatedLraCoordinator(world) : null;
    }
}
