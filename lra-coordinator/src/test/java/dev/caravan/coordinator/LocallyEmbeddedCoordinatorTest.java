package dev.caravan.coordinator;

import org.junit.jupiter.api.Tag;
import org.springframework.context.ConfigurableApplicationContext;

/** The application that the coordinator is in asks it without a socket, and gets the same answers. */
@Tag("thorough")
class LocallyEmbeddedCoordinatorTest extends EmbeddedCoordinatorTest {

    @Override
    LraClient client(int port, ConfigurableApplicationContext application) {
        LocalRequests coordinator = application.getBean(LocalRequests.class);
        return new LraClient(port, request -> coordinator.apply(request, Runnable::run));
    }
}
