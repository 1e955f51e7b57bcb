package dev.caravan.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pictures in src/docs/order-saga.md are what the route files say. */
class OrderSagaPageTest {

    private static final Path PAGE = Path.of("../src/docs/order-saga.md");

    /** With {@code -Dpage.write=true} the page is written, and the test only says that it can be. */
    @Test
    void isWhatTheRoutesSay() throws IOException {
        String page = new OrderSagaPage(Path.of("orchestration/order-saga.camel.xml"), choreography()).text();
        if (Boolean.getBoolean("page.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE)
                .as("The routes have changed: write the page anew with -Dpage.write=true")
                .content()
                .isEqualTo(page);
    }

    @Test
    void showsEveryRoute() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(Stream.concat(Stream.of(Path.of("orchestration/order-saga.camel.xml")), choreography().stream()))
                .flatMap(DrawnRoute::of)
                .map(DrawnRoute::id)
                .filteredOn(id -> !id.endsWith("-events") || id.endsWith("-by-events"))
                .allSatisfy(id -> assertThat(page).containsPattern("[^\\w-]" + id + "[^\\w-]"));
    }

    private static List<Path> choreography() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("choreography"))) {
            return files.filter(file -> file.toString().endsWith(".camel.xml"))
                    .sorted()
                    .toList();
        }
    }
}
