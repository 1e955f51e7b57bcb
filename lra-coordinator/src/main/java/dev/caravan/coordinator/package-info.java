/**
 * The LRA coordinator of Narayana as a part of a Spring Boot application.
 *
 * <p>In come the requests of MicroProfile LRA on {@code /lra-coordinator}, over HTTP or from the same application without
 * a socket ({@link dev.caravan.coordinator.LocalRequests}): start, join, renew, close, cancel. Out go the callbacks to the
 * participants, in reverse order of enlistment. In between stands the object store: what was answered was stored before,
 * and {@link dev.caravan.coordinator.HardenedRecovery} goes on from it after a crash.
 *
 * <p>An application gets the coordinator with {@code caravan.lra.coordinator.embedded=true}; {@link
 * dev.caravan.coordinator.LraCoordinatorApplication} is a process that does nothing else. Narayana keeps its state in
 * static fields, hence there is one coordinator per JVM at a time.
 */
package dev.caravan.coordinator;
