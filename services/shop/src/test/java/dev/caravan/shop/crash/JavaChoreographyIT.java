package dev.caravan.shop.crash;

import dev.caravan.shop.ChoreographyEventsIT;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/**
 * The same with the services' routes in Java. In mode {@code log}, because a JVM has one LRA coordinator at most. It kills
 * nothing, and is here because it takes as long.
 */
@DirtiesContext
@TestPropertySource(
        properties = {"order.saga.notation=java", "caravan.coordinator=log", "caravan.lra.coordinator.embedded=false"})
class JavaChoreographyIT extends ChoreographyEventsIT {}
