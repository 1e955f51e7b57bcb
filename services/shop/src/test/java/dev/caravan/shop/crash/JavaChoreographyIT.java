package dev.caravan.shop.crash;

import dev.caravan.shop.ChoreographyEventsIT;
import org.springframework.test.context.TestPropertySource;

/** The same with the services' routes in Java. It kills nothing, and is here because it takes as long. */
@TestPropertySource(properties = "order.saga.notation=java")
class JavaChoreographyIT extends ChoreographyEventsIT {}
