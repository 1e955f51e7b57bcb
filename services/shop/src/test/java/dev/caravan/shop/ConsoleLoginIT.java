package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.shop.ShopClient.Answer;
import dev.caravan.shop.ShopClient.Saga;
import java.net.URI;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** The console of the shop with a login. */
@ShopTest
@DirtiesContext
@TestPropertySource(
        properties = {
            "spring.jmx.enabled=true",
            "caravan.compensation.attempts=2",
            "caravan.coordinator=log",
            "caravan.lra.coordinator.embedded=false",
            "caravan.console.login=always",
            "caravan.console.users[0].name=vic",
            "caravan.console.users[0].password=seeing",
            "caravan.console.users[0].role=VIEWER",
            "caravan.console.users[1].name=olga",
            "caravan.console.users[1].password=mending",
            "caravan.console.users[1].role=OPERATOR"
        })
class ConsoleLoginIT {

    private static final String REFUND = "payment-service-refund-payment";
    private static final String CONSOLE = "/actuator/hawtio/sagas";

    /** The console is there: before, a browser may still be logging in, and would break that off to go elsewhere. */
    private static final String SAGAS = ".sagas h1";

    private static final Map<String, String> VIEWER = basic("vic:seeing");
    private static final Map<String, String> OPERATOR = basic("olga:mending");

    /** What anybody may ask the shop. */
    private static final Set<String> OPEN = Set.of(
            "/api/orders",
            "/api/orders/{orderId}",
            "/api/payments",
            "/api/shipments",
            "/api/stock/{productId}",
            "/actuator/health",
            "/actuator/health/**",
            "/actuator/prometheus",
            "/error",
            "/sandbox/gateway/tokens",
            "/sandbox/gateway/charges",
            "/sandbox/gateway/refunds",
            "/v3/api-docs",
            "/v3/api-docs.yaml",
            "/v3/api-docs/swagger-config",
            "/v3/api-docs/{group}");

    @Value("${local.server.port}")
    private int port;

    @Autowired
    private CamelContext camel;

    @Autowired
    private Collection<RequestMappingInfoHandlerMapping> mappings;

    private ShopClient shop;
    private String failed;

    @BeforeAll
    void run() throws Exception {
        shop = ShopClient.at(port);
        camel.getRouteController().stopRoute(REFUND);
        failed = shop.post(OrderRequest.of("COFFEE", 1).shippedTo("AQ"), Map.of("Prefer", "wait=60"))
                .text("sagaId");
        camel.getRouteController().startRoute(REFUND);
    }

    @Test
    void answersAStrangerOnlyWhatIsOpen() {
        Set<String> guarded = new TreeSet<>();
        for (RequestMappingInfoHandlerMapping mapping : mappings) {
            for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
                guarded.addAll(info.getPatternValues());
            }
        }
        guarded.removeAll(OPEN);
        guarded.addAll(List.of("/actuator/jolokia/list", "/actuator/hawtio/jolokia", CONSOLE));

        assertThat(guarded).contains("/api/sagas", "/api/sagas/{sagaId}/retry", "/actuator/sagas");
        for (String pattern : guarded) {
            String path = pattern.replaceAll("\\{[^}]*}", "1").replace("**", "x");
            assertThat(shop.get(path).status()).as("GET %s", path).isIn(401, 302);
            assertThat(shop.post(port, path, Map.of("who", "x", "reason", "x"), Map.of())
                            .status())
                    .as("POST %s", path)
                    .isIn(401, 403);
        }
    }

    @Test
    void letsAViewerSeeAndNotAct() {
        assertThat(shop.get(port, "/api/sagas", VIEWER).status()).isEqualTo(200);
        assertThat(shop.get(port, "/actuator/sagas", VIEWER).text("total")).isEqualTo("1");
        assertThat(shop.get(port, "/api/sagas/" + failed + "/events/0", VIEWER).status())
                .isEqualTo(403);
        assertThat(act("cancel", VIEWER).status()).isEqualTo(403);
        assertThat(act("retry", VIEWER).status()).isEqualTo(403);
    }

    private Answer act(String action, Map<String, String> login) {
        return shop.post(port, "/api/sagas/" + failed + "/" + action, Map.of("reason", "test"), login);
    }

    @Test
    void letsNobodyChangeAnythingByJmx() {
        String sagas = "dev.caravan:type=Sagas";
        String context = "org.apache.camel:context=camel-1,type=context,name=\"camel-1\"";
        for (Map<String, Object> request : List.<Map<String, Object>>of(
                Map.of("type", "exec", "mbean", sagas, "operation", "resolve", "arguments", List.of(failed, "x", "x")),
                Map.of("type", "exec", "mbean", context, "operation", "stop()"),
                Map.of("type", "exec", "mbean", context, "operation", "sendBody", "arguments", List.of("direct:x", "")),
                Map.of("type", "exec", "mbean", "java.lang:type=Memory", "operation", "gc"),
                Map.of("type", "read", "mbean", "java.lang:type=Runtime", "attribute", "SystemProperties"),
                Map.of("type", "write", "mbean", "java.lang:type=Memory", "attribute", "Verbose", "value", true))) {
            assertThat(shop.post(port, "/actuator/jolokia", request, OPERATOR)
                            .body()
                            .path("status")
                            .asInt())
                    .as("%s", request)
                    .isEqualTo(403);
        }
        Answer read = shop.post(
                port,
                "/actuator/jolokia",
                Map.of("type", "read", "mbean", sagas, "attribute", "NeedingAttention"),
                VIEWER);
        assertThat(read.body().path("status").asInt()).as("%s", read).isEqualTo(200);
    }

    @Test
    void asksABrowserWhoItIs() {
        try (Browser browser = Browser.open(port)) {
            browser.go(CONSOLE);
            logIn(browser, "vic", "wrong");
            browser.find("[role=alert], .alert-danger");
            logIn(browser, "vic", "seeing");
            browser.find(SAGAS);
            browser.go(CONSOLE + "#" + failed);
            browser.find(".saga-events li");
            assertThat(browser.texts(".saga-buttons button")).isEmpty();
            assertThat(browser.texts(".saga-events button")).isEmpty();

            browser.go("/caravan/logout");
            browser.find("button").click();
            browser.find("input[name=username]");
            browser.go(CONSOLE);
            logIn(browser, "olga", "mending");
            browser.find(SAGAS);
            findsByTheBusinessAndGivesAFile(browser);
            browser.go(CONSOLE + "#" + failed);
            browser.button("Retry").click();
            browser.find("dialog[open] textarea").sendKeys("the refund is back");
            browser.find("dialog[open] button[type=submit]").click();
            browser.awaitText(".sagas h1", "COMPENSATED");
            browser.awaitText(".saga-events li", "olga has it tried again: the refund is back");
        }
        Saga repaired = new Saga(
                failed, "", shop.get(port, "/api/sagas/" + failed, VIEWER).body());
        assertThat(repaired.events()).contains("RETRY").endsWith("COMPENSATE_COMPLETE");
    }

    private void findsByTheBusinessAndGivesAFile(Browser browser) {
        browser.go(CONSOLE + "?status=FAILED&attributes=customer%3Dann,amount.gt%3D5");
        browser.awaitText(".sagas [role=status]", "There is no such saga.");
        browser.go(CONSOLE + "?status=FAILED&version=-");
        browser.find(".saga-list tbody tr");
        URI file = URI.create(browser.link("CSV").getDomProperty("href"));
        assertThat(file.getQuery()).contains("format=csv", "status=FAILED", "version=-");
        Answer lines = shop.get(port, file.getRawPath() + "?" + file.getRawQuery(), OPERATOR);
        assertThat(lines.body().asText()).contains(failed);
    }

    private static void logIn(Browser browser, String name, String password) {
        browser.find("input[name=username]").sendKeys(name);
        browser.find("input[name=password]").sendKeys(password);
        browser.find("button[type=submit]").click();
    }

    private static Map<String, String> basic(String user) {
        return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(user.getBytes()));
    }
}
