package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of the console that are open while their server is killed and comes back, in more tabs than a browser has connections. */
class ConsoleConnectionIT {

    private static final String SAGAS = "/actuator/hawtio/sagas";
    private static final int TABS = 7;

    @Test
    void saysThatTheServerIsAwayAndConnectsAgainByItself(@TempDir Path directory) {
        try (ShopProcess shop = new ShopProcess(
                        directory, "--caravan.coordinator=log", "--caravan.lra.coordinator.embedded=false")
                .start()) {
            String first = shop.client().run(OrderRequest.of("COFFEE", 1)).id();
            try (Browser browser = Browser.open(shop.port())) {
                browser.go(SAGAS);
                for (int tab = 1; tab < TABS; tab++) {
                    browser.tab(SAGAS);
                    browser.find(".saga-list tbody tr");
                }
                browser.go(SAGAS + "?saga=" + first);
                browser.find(".saga-events li");
                assertThat(browser.texts(".saga-lost")).isEmpty();

                shop.kill();

                browser.awaitText(".saga-lost", "No connection since");
                assertThat(browser.find(".saga-lost").getText())
                        .containsPattern("what is shown is [0-9.]+ (ms|s) old\\. It connects again by itself");
                assertThat(browser.texts(".saga-events li"))
                        .as("what is shown stays")
                        .isNotEmpty();

                shop.start();
                browser.awaitNo(".saga-lost");
                browser.link("← All sagas").click();
                String second = shop.client().run(OrderRequest.of("COFFEE", 1)).id();
                browser.find("a[href*='" + second + "']");
            }
        }
    }
}
