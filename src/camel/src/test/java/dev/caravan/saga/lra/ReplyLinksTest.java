package dev.caravan.saga.lra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.ReplyLinks;
import dev.caravan.saga.camel.StepTokens;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A route makes a link for the person who is to answer its step. */
class ReplyLinksTest {

    private static final String BASE = "https://orders.example/saga-replies";
    private static final byte[] SECRET = "sixteen bytes...".getBytes(UTF_8);

    private final ReplyLinks links = new ReplyLinks(SECRET, URI.create(BASE + "/"));
    private final List<String> told = new CopyOnWriteArrayList<>();
    private LraRing ring;

    @BeforeEach
    void start() throws Exception {
        ring = new LraRing();
        ring.context.getPropertiesComponent().addOverrideProperty("caravan.start-key", "unique");
        ring.context.getRegistry().bind("replyLinks", links);
        ring.context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:tell")
                        .routeId("tell")
                        .process(exchange -> told.add(exchange.getIn().getHeader("link", String.class)));
                from("direct:java")
                        .routeId("java")
                        .saga()
                        .setHeader("link", simple("${bean:replyLinks?method=to(*, 'approval')}"))
                        .to("direct:tell");
            }
        });
    }

    @AfterEach
    void stop() {
        ring.close();
    }

    private static StepTokens.Named named(ReplyLinks by, String link) {
        assertThat(link).startsWith(BASE + "/");
        return by.read(link.substring(BASE.length() + 1)).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java | ",
                "xml  | <routes><route id='xml'><from uri='direct:xml'/><saga><setHeader name='link'><simple>${bean:replyLinks?method=to(*, 'approval')}</simple></setHeader><to uri='direct:tell'/></saga></route></routes>",
                "yaml | - route: {id: yaml, from: {uri: 'direct:yaml', steps: [{saga: {steps: [{setHeader: {name: link, simple: \"${bean:replyLinks?method=to(*, 'approval')}\"}}, {to: 'direct:tell'}]}}]}}"
            })
    void isForAStepOfTheSagaThatAsksForIt(String notation, String text) throws Exception {
        if (text != null) {
            PluginHelper.getRoutesLoader(ring.context)
                    .loadRoutes(ResourceHelper.fromString("asks." + notation.strip(), text.strip()));
        }

        SagaId saga = ring.endOf(ring.start("direct:" + notation.strip())).sagaId();

        await().until(() -> told.size() == 1);
        assertThat(named(links, told.get(0))).isEqualTo(new StepTokens.Named(saga, new Step("APPROVAL", 1)));
        assertThat(named(new ReplyLinks(SECRET, URI.create(BASE)), told.get(0))).isEqualTo(named(links, told.get(0)));
    }

    @Test
    void namesALaterOccurrenceOfTheStep() {
        DefaultExchange exchange = new DefaultExchange(ring.context);
        exchange.getIn().setHeader("Long-Running-Action", "http://coordinator/lra-1?saga=k.1");

        assertThat(named(links, links.to(exchange, "sign-off#2")))
                .isEqualTo(new StepTokens.Named(new SagaId("k.1"), new Step("SIGN_OFF", 2)));
    }

    @Test
    void isNoneOfAnExchangeInNoSaga() {
        assertThatThrownBy(() -> links.to(new DefaultExchange(ring.context), "approval"))
                .hasMessage(
                        "There is no link to answer approval: the exchange is in no saga. Ask for it within the saga's <saga>");
    }

    @Test
    void isGoodWithItsSecretAndForAnswersOnly() {
        DefaultExchange exchange = new DefaultExchange(ring.context);
        exchange.getIn().setHeader("Long-Running-Action", "s-1");
        String token = links.to(exchange, "approval").substring(BASE.length() + 1);

        assertThat(new ReplyLinks("another secret..".getBytes(UTF_8), URI.create(BASE)).read(token))
                .isEmpty();
        assertThat(new CallbackToken(SECRET).read(CallbackToken.Verb.COMPLETE, token))
                .isEmpty();
        assertThat(links.read(new CallbackToken(SECRET)
                        .write(CallbackToken.Verb.COMPLETE, new SagaId("s-1"), new Step("APPROVAL", 1))))
                .isEmpty();
        assertThat(links.read("A".repeat(2000))).isEmpty();
    }

    @Test
    void refusesSettingsWithWhichNobodyCouldAnswer() {
        assertThatThrownBy(() -> new ReplyLinks(new byte[15], URI.create(BASE)))
                .hasMessage("caravan.reply-links.secret has 15 bytes; it needs 16 or more");
        for (String url : new String[] {null, "/saga-replies", "https://a.example/x?y=z"}) {
            assertThatThrownBy(() -> new ReplyLinks(SECRET, url == null ? null : URI.create(url)))
                    .hasMessageStartingWith("caravan.reply-links.url is " + url + ". Say where");
        }
    }
}
