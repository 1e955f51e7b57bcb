package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.shop.ShopClient.Saga;
import java.util.List;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/**
 * The console of the shop on a laptop, without a login, in a real browser. In mode {@code log}, because a JVM has one LRA
 * coordinator at most, and other tests have it.
 */
@ShopTest
@DirtiesContext
@TestPropertySource(
        properties = {
            "spring.jmx.enabled=true",
            "spring.jmx.unique-names=true",
            "caravan.compensation.attempts=2",
            "caravan.coordinator=log",
            "caravan.corrections=confirmed",
            "caravan.lra.coordinator.embedded=false"
        })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleIT {

    private static final String SAGAS = "/actuator/hawtio/sagas";
    private static final String ALL = Keys.chord(Keys.CONTROL, "a");
    private static final String REFUND = "payment-service-refund-payment";

    /** The page asks for the acts; it is answered when none runs any more, as by a server that is quicker than the page. */
    private static final String ACTS_ARE_SEEN_WHEN_DONE = """
            const ask = window.fetch;
            window.fetch = async (url, options) => {
                const answer = await ask(url, options);
                const acts = !options?.method && new URL(url, location).pathname.endsWith('/api/sagas/actions');
                const running = acts && (await answer.clone().json()).some(act => act.state === 'RUNNING');
                return running ? window.fetch(url, options) : answer;
            };
            """;

    @Value("${local.server.port}")
    private int port;

    @Autowired
    private CamelContext camel;

    private ShopClient shop;
    private Browser browser;
    private Saga completed;
    private Saga failed;

    @BeforeAll
    void run() throws Exception {
        shop = ShopClient.at(port);
        completed = shop.run(OrderRequest.of("COFFEE", 1));
        shop.run(OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.DECLINED_CARD));
        camel.getRouteController().stopRoute(REFUND);
        failed = shop.run(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
        browser = Browser.open(port);
    }

    @AfterAll
    void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void nothingIsComplainedOf() {
        assertThat(browser.errors())
                .filteredOn(error -> !error.contains("/preset-connections"))
                .as("errors, without the one for a file of Hawtio that need not be there")
                .isEmpty();
    }

    @Test
    @Order(1)
    void putsFirstWhatNeedsAttentionAndCountsTheRest() {
        browser.go(SAGAS);
        browser.find(".saga-list tbody tr");

        assertThat(browser.texts(".saga-list tbody tr:first-child td:first-child"))
                .containsExactly("FAILED");
        assertThat(browser.texts(".saga-number"))
                .containsExactly(
                        "1 need attention",
                        "0 EXECUTING",
                        "0 COMPLETING",
                        "1 COMPLETED",
                        "0 COMPENSATING",
                        "1 COMPENSATED",
                        "1 FAILED");
        browser.screenshot("sagas");
    }

    @Test
    @Order(2)
    void filtersByStatusAndKey() {
        browser.go(SAGAS);
        browser.button("1 COMPLETED").click();
        browser.awaitText(".sagas nav [role=status]", "1 sagas");
        assertThat(browser.texts(".saga-list th a")).containsExactly(key(completed));

        browser.button("Clear").click();
        browser.awaitText(".sagas nav [role=status]", "3 sagas");
        browser.find("input[name=text]").sendKeys(key(failed).substring(0, 12));
        browser.awaitText(".sagas nav [role=status]", "1 sagas");
        assertThat(browser.texts(".saga-list th a")).containsExactly(key(failed));
    }

    @Test
    @Order(3)
    void showsNewSagasWithoutBeingReloaded() {
        browser.go(SAGAS);
        browser.find(".saga-list tbody tr");
        Saga another = shop.run(OrderRequest.of("GRINDER", 1));

        browser.awaitText(".saga-list th a", key(another));
    }

    @Test
    @Order(4)
    void showsASagaAsATimelineWithPayloadsOnDemand() {
        browser.go(SAGAS);
        browser.link(key(failed)).click();
        browser.find(".saga-events li");

        assertThat(browser.texts(".saga-steps tbody td span.saga-step"))
                .containsExactly("COMPENSATED", "COMPENSATION_FAILED", "COMPENSATED", "REJECTED");
        assertThat(browser.texts(".saga-reason").get(0)).contains("RefundPayment");
        assertThat(browser.texts(".saga-map li b"))
                .containsExactly("CREATE_ORDER", "PROCESS_PAYMENT", "RESERVE_INVENTORY", "PREPARE_SHIPPING");
        assertThat(browser.texts(".saga-map li > span"))
                .containsExactly("↩ undone, number 2", "! could not be undone", "↩ undone, number 1", "✗ said no");
        browser.link("PROCESS_PAYMENT could not be undone").click();
        assertThat(browser.focused().getDomAttribute("id")).isEqualTo("saga-place-PROCESS_PAYMENT");
        List<String> undone = browser.texts(".saga-events li").stream()
                .filter(event -> event.endsWith("undone"))
                .map(event -> event.split("\n")[1])
                .toList();
        assertThat(undone).containsExactly("RESERVE_INVENTORY", "CREATE_ORDER");
        assertThat(browser.texts(".sagas pre")).isEmpty();
        browser.find(".saga-events button").click();
        browser.awaitText(".sagas pre", "\"country\": \"AQ\"");
        browser.screenshot("saga-failed");
    }

    @Test
    @Order(5)
    void leadsFromASagaToItsRoute() {
        browser.go(SAGAS + "#" + failed.id());
        browser.find(".saga-steps tbody tr:nth-child(2) a").click();

        browser.awaitText("h1", "process-payment");
        assertThat(browser.url()).contains("/camel/");
        browser.awaitText("body", "Route Diagram");
        browser.screenshot("camel-route");
    }

    @ParameterizedTest
    @CsvSource({"1280, dark", "390, light"})
    @Order(6)
    void fitsTheScreenInEachTheme(int width, String theme) {
        browser.size(width, 900).go(SAGAS);
        browser.find(".saga-list tbody tr");
        browser.script(
                "document.documentElement.classList.toggle('pf-v6-theme-dark', arguments[0])", theme.equals("dark"));
        fits("sagas-" + width + "-" + theme, width);
        assertThat((Boolean) browser.script("const why = document.querySelector('.saga-list td[data-label=Why]');"
                        + "const code = why.querySelector('b').getBoundingClientRect();"
                        + "return code.height < 2 * parseFloat(getComputedStyle(why).fontSize)"))
                .as("the code is on one line")
                .isTrue();
        browser.script("location.hash = arguments[0]", failed.id());
        browser.find(".saga-events li");
        fits("saga-" + width + "-" + theme, width);
        browser.size(1280, 900);
    }

    @Test
    @Order(6)
    void leadsToTheStepThatFailed() {
        open(failed);
        browser.button("To the step that failed").sendKeys(Keys.ENTER);

        assertThat(browser.focused().getText()).startsWith("PROCESS_PAYMENT");
    }

    private void fits(String name, int width) {
        browser.screenshot(name);
        assertThat((Long) browser.script(
                        "const tab = document.querySelector('.sagas');"
                                + "const page = document.documentElement;"
                                + "return Math.max(tab.scrollWidth - tab.clientWidth, page.scrollWidth - arguments[0],"
                                + " ...[...document.querySelectorAll('*')].filter(e => e.contains(tab))"
                                + ".map(e => e.scrollWidth - e.clientWidth),"
                                + " tab.getBoundingClientRect().right - arguments[0], 0)",
                        width))
                .as("pixels that %s is too wide", name)
                .isZero();
        assertThat((Double) browser.script(CONTRAST))
                .as("least contrast of text in %s", name)
                .isGreaterThan(4.5);
    }

    /** The least contrast (WCAG 2) of a text with the page behind it. */
    private static final String CONTRAST = """
            const rgb = text => text.match(/[0-9.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const behind = element => {
              for (let e = element; e; e = e.parentElement) {
                const color = getComputedStyle(e).backgroundColor;
                if (/^rgb\\(/.test(color)) { return rgb(color); }
              }
              return [255, 255, 255];
            };
            return Math.min(...[...document.querySelectorAll('.sagas *')]
                .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
                .filter(e => e.offsetParent && !e.disabled)
                .map(e => {
                  const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
                  return (a + 0.05) / (b + 0.05);
                })) + 0.0001;
            """;

    @Test
    @Order(7)
    void repairsAFailedSagaWithTheKeyboardAlone() throws Exception {
        browser.go(SAGAS);
        browser.find(".saga-list tbody tr");
        tabTo(key(failed));
        browser.focused().sendKeys(Keys.ENTER);
        browser.find(".saga-events li");
        tabTo("Retry");
        browser.focused().sendKeys(Keys.ENTER);
        browser.find("dialog[open]");
        browser.focused().sendKeys(Keys.ESCAPE);
        assertThat(shop.saga(failed.id()).status()).isEqualTo("FAILED");

        camel.getRouteController().startRoute(REFUND);
        tabTo("Retry");
        browser.focused().sendKeys(Keys.ENTER);
        browser.find("dialog[open] input[name=who]").sendKeys("alice", Keys.TAB, "the refund is deployed again");
        browser.screenshot("saga-retry");
        browser.focused().sendKeys(Keys.TAB, Keys.ENTER);
        browser.awaitText(".sagas h1", "COMPENSATED");
        browser.awaitText(".saga-events li", "alice has it tried again: the refund is deployed again");
        browser.screenshot("saga-repaired");

        assertThat(shop.saga(failed.id()).compensations())
                .containsExactly("RESERVE_INVENTORY", "CREATE_ORDER", "PROCESS_PAYMENT");
        assertThat(browser.texts(".saga-buttons")).containsOnly("What happened?");
    }

    @Test
    @Order(8)
    void leadsFromACauseToItsSagasAndRepairsThemInOneAct() throws Exception {
        camel.getRouteController().stopRoute(REFUND);
        Saga another = shop.run(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
        camel.getRouteController().startRoute(REFUND);
        browser.go(SAGAS);
        browser.awaitText(".saga-groups button", "1 saga FAILED: PROCESS_PAYMENT, ");
        browser.find(".saga-groups button").click();
        browser.awaitText(".sagas nav [role=status]", "1 sagas");
        assertThat(browser.texts(".saga-list th a")).containsExactly(key(another));
        browser.screenshot("sagas-group");

        browser.button("Retry ...").click();
        browser.awaitText(".saga-preview", "1 saga.");
        browser.find("dialog[open] input[name=reason]").sendKeys("the refund is back");
        browser.screenshot("sagas-bulk");
        browser.script(ACTS_ARE_SEEN_WHEN_DONE);
        browser.button("Retry 1").click();
        browser.awaitText(".saga-acts", "1 of 1, DONE");
        browser.awaitText(".saga-acts", "1 COMPENSATED");
        browser.screenshot("sagas-act");
        assertThat(shop.saga(another.id()).status()).isEqualTo("COMPENSATED");
        browser.awaitFocus(".sagas h1");

        browser.link("Who did what").click();
        browser.awaitText(".saga-acts tbody tr:first-child", "the refund is back");
        browser.link("← All sagas").click();
        browser.awaitText("ul.saga-acts", "1 of 1, DONE");
        assertThat(browser.url()).contains("status=FAILED", "step=PROCESS_PAYMENT");
    }

    @Test
    @Order(9)
    void triesOneStepAgain() throws Exception {
        Saga another = failedThatCanBeUndone();
        open(another);
        act("Retry this step", "alice", "the refund is back");

        browser.awaitText(".sagas h1", "COMPENSATED");
        browser.awaitText(".saga-events li", "alice has this step tried again: the refund is back");
    }

    @Test
    @Order(10)
    void takesOneStepAsDoneByHand() throws Exception {
        Saga another = failedThatCanBeUndone();
        open(another);
        act("Was done by hand", "alice", "bank transfer 4711");

        browser.awaitText(".sagas h1", "COMPENSATED");
        browser.awaitText(".saga-events li", "alice did by hand what was given up: bank transfer 4711");
        assertThat(shop.saga(another.id()).compensations()).doesNotContain("PROCESS_PAYMENT");
    }

    @Test
    @Order(11)
    void sendsCorrectedDataWhenASecondOperatorHasSeenIt() throws Exception {
        Saga another = failedThatCanBeUndone();
        open(another);
        assertThat(browser.texts(".saga-steps button")).doesNotContain("Confirm the correction");
        browser.button("Correct and send").click();
        WebElement data = browser.find("dialog[open] textarea[name=data]");
        String sent = data.getDomProperty("value");
        assertThat(sent).contains("\"orderId\": \"" + key(another) + "\"");
        said("alice", "the account was closed");
        browser.find("dialog[open] button[type=submit]").click();
        browser.awaitText("dialog[open] [role=alert]", "Nothing is changed");
        data.sendKeys(ALL, sent.replaceFirst("\\{", "{\"note\": \"to the new account\", "));
        browser.screenshot("saga-correct");
        browser.find("dialog[open] button[type=submit]").click();
        browser.awaitText(".saga-steps", "Corrected by alice, and not sent: the account was closed");
        assertThat(shop.saga(another.id()).status()).isEqualTo("FAILED");

        browser.button("Confirm the correction").click();
        browser.awaitText("dialog[open] pre", "\"note\": \"to the new account\"");
        assertThat(browser.find("dialog[open] pre").getText()).doesNotContain("orderId");
        said("Alice", "as I said");
        browser.find("dialog[open] button[type=submit]").click();
        browser.awaitText("dialog[open] [role=alert]", "another operator has to confirm it");
        assertThat(browser.errors()).anyMatch(error -> error.contains("/confirm ") && error.contains("409"));
        said("bob", "seen on the letter");
        browser.screenshot("saga-confirm");
        browser.find("dialog[open] button[type=submit]").click();

        browser.awaitText(".sagas h1", "COMPENSATED");
        browser.awaitText(
                ".saga-events li", "bob has this step tried again with the corrected data: seen on the letter");
        assertThat(shop.saga(another.id()).compensations()).contains("PROCESS_PAYMENT");
    }

    @Test
    @Order(12)
    void showsTheMapOfAllSagasOfAName() throws Exception {
        camel.getRouteController().stopRoute(REFUND);
        Saga another = shop.run(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
        camel.getRouteController().startRoute(REFUND);
        browser.go(SAGAS + "?name=order-saga");
        browser.link("Map of all sagas of order-saga").click();
        browser.awaitText("h1", "All sagas of order-saga");

        browser.awaitText(".saga-map", "1 FAILED");
        assertThat(browser.texts(".saga-map li > b"))
                .containsExactly("CREATE_ORDER", "PROCESS_PAYMENT", "RESERVE_INVENTORY", "PREPARE_SHIPPING");
        assertThat(browser.texts(".saga-map li:nth-child(2) small").get(0))
                .contains("succeeded", "% fail", "half within", "given up");
        fits("sagas-map-1280", 1280);
        browser.size(390, 900);
        fits("sagas-map-390", 390);
        browser.size(1280, 900);
        browser.find(".saga-map li:nth-child(2) a").click();
        browser.awaitText(".sagas nav [role=status]", "1 sagas");
        assertThat(browser.texts(".saga-list th a")).containsExactly(key(another));
    }

    @Test
    @Order(13)
    void saysWhatAParticipantHoldsOfAStepAndWhatBecameOfAnAct() throws Exception {
        Saga another = failedThatCanBeUndone();
        open(another);
        browser.find("button[aria-label='What happened?: PROCESS_PAYMENT']").click();
        said("alice", "the gateway shows no charge");
        browser.find("dialog[open] button[type=submit]").click();
        browser.awaitText(".saga-steps [role=status]", "payment-service: has done it; command ProcessPayment");
        browser.awaitText(".saga-events li", "alice asks what participants hold of it: the gateway shows no charge");
        browser.screenshot("saga-asked");
        assertThat(shop.saga(another.id()).status()).isEqualTo("FAILED");

        act("Retry this step", "alice", "the refund is back");
        browser.awaitText(".saga-outcome", "Retry this step: done");
    }

    @Test
    @Order(14)
    void hasTheChosenEventInItsAddress() {
        open(completed);
        browser.find(".saga-events li:nth-child(3) a").click();
        String shown = browser.find(".saga-events [aria-current]").getText();
        assertThat(browser.url()).endsWith("event=2");
        browser.find(".saga-events li:nth-child(4) a").click();
        browser.awaitUrl("event=3");

        browser.script("history.back()");
        browser.awaitText(".saga-events [aria-current]", shown);
        browser.go(browser.url().substring(browser.url().indexOf(SAGAS)));
        browser.awaitText(".saga-events [aria-current]", shown);
        browser.link("← All sagas").click();
        browser.find(".saga-list tbody tr");
        assertThat(browser.url()).doesNotContain("event=");
    }

    @Test
    @Order(15)
    void saysWhoDidWhat() {
        open(completed);
        browser.button("payload").click();
        browser.find(".saga-events pre");
        browser.go(SAGAS);
        browser.link("Who did what").click();
        browser.awaitText(".saga-acts tbody tr:first-child", "read");
        browser.find("input[name=who]").sendKeys("alice");
        browser.awaitText(".saga-acts tbody tr:first-child", "the refund is back");
        assertThat(browser.texts(".saga-acts tbody tr")).allMatch(line -> line.contains("alice"));
        assertThat(browser.url()).contains("view=acts", "who=alice");
        fits("sagas-acts-1280", 1280);
        browser.size(390, 900);
        fits("sagas-acts-390", 390);
        browser.size(1280, 900);
    }

    @Test
    @Order(16)
    void showsASagaOfTwoHundredStepsWithLongNamesInKorean() throws Exception {
        camel.addRoutes(new LongSaga());
        camel.createProducerTemplate()
                .send("direct:long-saga", order -> order.getIn().setHeader("CaravanSagaKey", LongSaga.KEY));
        for (int width : new int[] {1280, 640, 390}) {
            browser.size(width, 900).go(SAGAS);
            browser.awaitText(".saga-list", LongSaga.NAME);
            fits("sagas-long-" + width, width);
            browser.link(LongSaga.KEY).click();
            browser.awaitText(".saga-steps caption", "Steps");
            assertThat(browser.texts(".saga-steps tbody tr")).hasSize(LongSaga.STEPS);
            fits("saga-long-" + width, width);
        }
        browser.size(1280, 900);
    }

    @Test
    @Order(17)
    void keepsTheFocusWhenAnActTakesItsButtonAway() throws Exception {
        Saga another = failedThatCanBeUndone();
        open(another);
        act("Retry this step", "alice", "the refund is back");

        browser.awaitText(".sagas h1", "COMPENSATED");
        browser.awaitFocus(".saga-outcome");
        assertThat(browser.focused().getText()).startsWith("Retry this step: ");
    }

    @Test
    @Order(18)
    void showsWhatIsNewThoughChangesComeFasterThanTheListIsRead() {
        browser.go(SAGAS);
        browser.find(".saga-list tbody tr");
        browser.script("""
                const ask = window.fetch;
                window.fetch = async (url, options) => {
                    const answer = await ask(url, options);
                    await new Promise(read => setTimeout(read, 1500));
                    return answer;
                };
                const changes = new BroadcastChannel('caravan /api/sagas/events');
                setInterval(() => changes.postMessage({ type: 'reload' }), 100);
                """);
        Saga another = shop.run(OrderRequest.of("GRINDER", 1));

        browser.awaitText(".saga-list th a", key(another));
    }

    @Test
    @Order(19)
    void goesOnAskingHowFarAnActIsWhenOneAnswerIsLost() throws Exception {
        Saga another = failedThatCanBeUndone();
        browser.go(SAGAS + "?text=" + key(another));
        browser.button("Retry ...").click();
        browser.awaitText(".saga-preview", "1 saga.");
        browser.find("dialog[open] input[name=reason]").sendKeys("the refund is back");
        browser.script("""
                const ask = window.fetch;
                let lost = 0;
                window.fetch = (url, options) => !options?.method && String(url).endsWith('/actions') && ++lost < 3
                    ? Promise.reject(new TypeError('lost')) : ask(url, options);
                """);
        browser.button("Retry 1").click();

        browser.awaitText("ul.saga-acts", "1 of 1, DONE: 1 COMPENSATED");
        assertThat(shop.saga(another.id()).status()).isEqualTo("COMPENSATED");
    }

    @Test
    @Order(20)
    void saysThatAnActWouldDoNothingOrThatThisIsNotKnown() {
        browser.go(SAGAS + "?status=COMPLETED");
        browser.button("Retry ...").click();
        browser.awaitText(".saga-preview", "0 sagas; left out: ");
        assertThat(browser.find("dialog[open]").getText()).doesNotContain("It takes about");
        browser.button("Leave them as they are").click();
        browser.awaitNo("dialog");

        browser.script("window.fetch = () => Promise.reject(new TypeError('The network is gone'));");
        browser.button("Retry ...").click();
        browser.awaitText("dialog[open] [role=alert]", "The network is gone");
        assertThat(browser.find("dialog[open]").getText()).doesNotContain("being looked up");
    }

    @ParameterizedTest
    @CsvSource({"status=NOPE, status is NOPE", "after=nope, Not the next of a page", "saga=nope, There is no saga nope"
    })
    @Order(21)
    void leadsOutOfALinkThatIsWrong(String wrong, String says) {
        browser.go(SAGAS + "?" + wrong);
        browser.awaitText(".sagas [role=alert]", says);
        assertThat(browser.errors()).isNotEmpty();
        if (wrong.startsWith("saga=")) {
            browser.link("← All sagas").click();
        } else {
            browser.button("Clear").click();
        }

        browser.find(".saga-list tbody tr");
        assertThat(browser.texts(".sagas [role=alert]")).isEmpty();
    }

    @Test
    @Order(22)
    void asksForActsWhenTheTypingPausesAndSaysThatThereMayBeMore() {
        browser.go(SAGAS + "?view=acts");
        browser.find(".saga-acts tbody tr");
        browser.script("""
                window.asked = [];
                window.fetch = async url => {
                    window.asked.push(new URL(url, location).searchParams.get('who'));
                    return new Response(JSON.stringify(Array(500).fill({ at: '2026-01-31T09:30:00Z', act: 'retry', sagaId: 's' })));
                };
                const who = document.querySelector('input[name=who]');
                const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
                for (const typed of ['b', 'bo', 'bob']) {
                    set.call(who, typed);
                    who.dispatchEvent(new Event('input', { bubbles: true }));
                }
                """);

        browser.awaitText(".sagas [role=status]", "The latest 500 acts");
        assertThat(browser.script("return window.asked.join()")).isEqualTo("bob");
    }

    /** A saga whose refund was given up, and would work now. */
    private Saga failedThatCanBeUndone() throws Exception {
        camel.getRouteController().stopRoute(REFUND);
        Saga another = shop.run(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
        camel.getRouteController().startRoute(REFUND);
        assertThat(another.status()).isEqualTo("FAILED");
        return another;
    }

    private void open(Saga saga) {
        browser.go(SAGAS + "?saga=" + saga.id());
        browser.find(".saga-events li");
    }

    private void act(String button, String who, String why) {
        browser.button(button).click();
        said(who, why);
        browser.find("dialog[open] button[type=submit]").click();
    }

    private void said(String who, String why) {
        browser.find("dialog[open] input[name=who]").sendKeys(ALL, who);
        browser.find("dialog[open] textarea[name=reason]").sendKeys(ALL, why);
    }

    private void tabTo(String text) {
        browser.script("document.activeElement.blur()");
        for (int i = 0; i < 100; i++) {
            browser.focused().sendKeys(Keys.TAB);
            if (browser.focused().getText().strip().equals(text)) {
                return;
            }
        }
        throw new AssertionError("The key Tab does not lead to " + text);
    }

    private static String key(Saga saga) {
        return saga.json().path("key").asText();
    }
}
