package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.shop.ShopClient.Saga;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/**
 * Somebody who has not read a log repairs what failed for three causes, in a real browser, while orders run: 60 of 2,000
 * sagas, or 1,000 of the 100,000 of the profile {@code thorough}. What it takes is printed, and decides nothing.
 */
@ShopTest
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        properties = {
            "caravan.compensation.attempts=2",
            "caravan.coordinator=log",
            "caravan.lra.coordinator.embedded=false"
        })
class ConsoleVolumeIT {

    private static final String SAGAS = "/actuator/hawtio/sagas";
    private static final int ALL = Integer.getInteger("caravan.console.sagas", 2_000);
    private static final int FAILED = Integer.getInteger("caravan.console.failed", 60);
    private static final int AT_ONCE = 16;
    private static final List<String> CAUSES = List.of(
            "payment-service-refund-payment", "inventory-service-release-inventory", "order-service-cancel-order");
    private static final List<String> STEPS = List.of("PROCESS_PAYMENT", "RESERVE_INVENTORY", "CREATE_ORDER");

    private static EmbeddedKafka kafka;

    @Value("${local.server.port}")
    private int port;

    @Autowired
    private CamelContext camel;

    private ShopClient shop;
    private Browser browser;
    private final ExecutorService customers = Executors.newFixedThreadPool(AT_ONCE + 1);
    private final AtomicBoolean open = new AtomicBoolean(true);
    private long begin = System.nanoTime();

    @DynamicPropertySource
    static void kafkaWithALog(DynamicPropertyRegistry properties) {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(FreshDataDirectory.make("volume")));
        FinishedSagas.write(kafka.bootstrapServers(), ALL - FAILED);
        properties.add("camel.component.kafka.brokers", kafka::bootstrapServers);
    }

    @BeforeAll
    void failForThreeCauses() throws Exception {
        shop = ShopClient.at(port);
        await().until(() -> shop.get("/actuator/health/readiness").status() == 200
                && shop.sagas("/overview").body().path("caughtUp").asBoolean());
        took("the shop has read the log");
        for (int i = 0; i < CAUSES.size(); i++) {
            camel.getRouteController().stopRoute(CAUSES.get(i));
            fail(FAILED / CAUSES.size() + (i < FAILED % CAUSES.size() ? 1 : 0));
            camel.getRouteController().startRoute(CAUSES.get(i));
        }
        took(FAILED + " have failed");
        browser = Browser.open(port);
    }

    private void fail(int count) throws Exception {
        List<Callable<Saga>> orders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            orders.add(() -> shop.run(OrderRequest.of("COFFEE", 1).shippedTo("AQ")));
        }
        for (Future<Saga> order : customers.invokeAll(orders)) {
            assertThat(order.get().status()).isEqualTo("FAILED");
        }
    }

    @AfterAll
    void close() {
        open.set(false);
        customers.shutdown();
        if (browser != null) {
            browser.close();
        }
        kafka.close();
    }

    @Test
    void repairsWhatFailedForThreeCausesWhileOrdersRun(CapturedOutput output) throws Exception {
        Future<Integer> orders = customers.submit(this::orders);

        begin = System.nanoTime();
        long all = begin;
        browser.go(SAGAS);
        for (String step : STEPS) {
            browser.awaitText(".saga-groups button", "FAILED: " + step);
        }
        assertThat(browser.texts(".saga-groups button")).hasSize(STEPS.size());
        took("the list with its causes is there");

        String first = browser.texts(".saga-groups button").get(0);
        int some = Integer.parseInt(first.substring(0, first.indexOf(' ')).replace(",", ""));
        browser.find(".saga-groups button").click();
        browser.awaitText(".sagas nav [role=status]", "Page 1, %,d sagas".formatted(some));
        took("one cause is chosen");
        browser.screenshot("volume-cause");

        browser.button("Retry ...").click();
        browser.awaitText(".saga-preview", "%,d sagas.".formatted(some));
        took("the preview is there");
        said("the first cause is gone", 1);
        browser.button("Retry %,d".formatted(some)).click();
        browser.awaitText(".saga-acts", "of %,d, RUNNING".formatted(some));
        took("the act runs");
        browser.screenshot("volume-act");
        browser.button("Stop").click();
        browser.awaitText(".saga-acts", "of %,d, STOPPED".formatted(some));
        took("it is stopped");
        browser.screenshot("volume-stopped");

        browser.find("button[aria-pressed=true].saga-group").click();
        browser.button("Clear").click();
        browser.find(".saga-number.saga-status-FAILED").click();
        browser.button("Retry ...").click();
        browser.awaitText(".saga-preview", " sagas.");
        String left = browser.find("dialog[open] .saga-primary").getText();
        said("all causes are gone", 100);
        browser.find("dialog[open] .saga-primary").click();
        browser.awaitText(".saga-acts", "DONE: " + left.substring("Retry ".length()) + " COMPENSATED");
        took("all others are repaired");
        browser.awaitText(".saga-number", "0 FAILED");
        browser.screenshot("volume-repaired");
        begin = all;
        took("ALL OF IT");

        open.set(false);
        assertThat(orders.get()).isPositive();
        JsonNode numbers = shop.sagas("/overview").body();
        assertThat(numbers.path("byStatus").path("COMPENSATED").asInt()).isEqualTo(FAILED);
        assertThat(numbers.path("total").asInt()).isEqualTo(ALL + orders.get());
        assertThat(ShopClient.stream(shop.sagas("/acts?act=retry&limit=1000").body())
                        .map(act -> act.path("sagaId").asText()))
                .doesNotHaveDuplicates()
                .hasSize(FAILED);
        assertThat(output.getOut())
                .containsPattern("Act \\w+: alice has RETRY done for %d sagas".formatted(some))
                .containsPattern("Act \\w+ of alice is STOPPED")
                .containsPattern("Act \\w+ of alice is DONE");
    }

    private void said(String reason, int perSecond) {
        browser.find("dialog[open] input[name=who]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "alice");
        browser.find("dialog[open] input[name=reason]").sendKeys(reason);
        browser.find("dialog[open] input[name=perSecond]").sendKeys(Keys.chord(Keys.CONTROL, "a"), "" + perSecond);
    }

    /** Orders that are placed one after the other for as long as the shop is open; all of them complete. */
    private int orders() {
        int placed = 0;
        for (; open.get(); placed++) {
            assertThat(shop.run(OrderRequest.of("COFFEE", 1)).status()).isEqualTo("COMPLETED");
        }
        return placed;
    }

    private void took(String what) {
        System.out.printf(
                Locale.ROOT,
                "%,d ms: %s; heap %,d MB, load %.1f%n",
                Duration.ofNanos(System.nanoTime() - begin).toMillis(),
                what,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        begin = System.nanoTime();
    }
}
