package dev.caravan.saga.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.StreamCache;
import org.apache.camel.builder.Builder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.converter.stream.CachedOutputStream;
import org.apache.camel.converter.stream.FileInputStreamCache;
import org.apache.camel.converter.stream.InputStreamCache;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ConvertBodyDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.dataformat.JsonDataFormat;
import org.apache.camel.model.dataformat.JsonLibrary;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.trait.message.MessageTrait;
import org.apache.camel.util.CaseInsensitiveMap;
import org.apache.kafka.common.utils.ImplicitLinkedHashCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeptMessageTest {

    private static final byte[] NO_TEXT = {-1, 0, -40};

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Exchange exchange = new DefaultExchange(context);
    private final SagaLogCodec codec = new SagaLogCodec();

    record Order(String id, BigDecimal total, LocalDate day) {}

    public static class Customer {
        public String name;

        public String getGreeting() {
            return "Dear " + name;
        }
    }

    enum Size {
        SMALL,
        LARGE {}
    }

    static Stream<Object> values() {
        Map<String, Object> withNull = new HashMap<>();
        withNull.put("nothing", null);
        withNull.put("a/b~c", new Date(1));
        return Stream.of(
                "text",
                "",
                "{\"a\":1}",
                "{\"a\": 1, \"a\": 2}",
                "[1.10, 1e5]",
                "[1.10,2]",
                "42",
                "007",
                "\"quoted\"",
                42,
                42L,
                (short) 42,
                (byte) 42,
                4.25,
                4.0f,
                Double.NaN,
                1e300,
                new BigDecimal("10.00"),
                new BigDecimal("10"),
                new BigDecimal("1E+3"),
                new BigInteger("123456789012345678901234567890"),
                true,
                'x',
                NO_TEXT,
                "bytes".getBytes(UTF_8),
                "{\"a\":1}".getBytes(UTF_8),
                new byte[0],
                UUID.fromString("00000000-0000-0001-0000-000000000002"),
                URI.create("http://example.org/?a=b"),
                new Date(1_700_000_000_123L),
                Timestamp.valueOf("2026-01-01 10:00:00.123456789"),
                Instant.parse("2026-01-01T10:00:00.123456789Z"),
                LocalDate.of(2026, 1, 1),
                ZonedDateTime.of(2026, 1, 1, 10, 0, 0, 5, ZoneId.of("Asia/Seoul")),
                Duration.ofMillis(1500),
                ZoneId.of("Asia/Seoul"),
                Locale.KOREA,
                Currency.getInstance("KRW"),
                List.of(1, 2L, List.of(new Date(1))),
                Set.of(UUID.fromString("00000000-0000-0001-0000-000000000002")),
                new String[] {"a", null},
                withNull,
                Map.of("a", Map.of("b", 2L), "list", Arrays.asList(1, null)),
                Map.of("a/b", new Date(1), "a~1b", UUID.fromString("00000000-0000-0001-0000-000000000002")),
                JsonNodeFactory.instance.objectNode().put("a", 1));
    }

    @ParameterizedTest
    @MethodSource("values")
    void givesBackWhatItWas(Object value) throws Exception {
        exchange.getIn().setBody(value);
        exchange.getIn().setHeader("header", value);
        exchange.setProperty("property", value);
        exchange.setVariable("variable", value);

        Exchange again = again();

        assertThat(again.getIn().getBody())
                .isEqualTo(value)
                .hasSameClassAs(sameKind(value, again.getIn().getBody()));
        assertThat(again.getIn().getHeader("header")).isEqualTo(value);
        assertThat(again.getProperty("property")).isEqualTo(value);
        assertThat(again.getVariable("variable")).isEqualTo(value);
    }

    /** A map and a list may be of another class, but are equal. */
    private static Object sameKind(Object value, Object again) {
        return value instanceof Map || value instanceof java.util.Collection ? again : value;
    }

    @Test
    void givesBackBytesInsideOfAList() throws Exception {
        exchange.getIn().setHeader("parts", List.of(NO_TEXT, "text".getBytes(UTF_8)));

        List<?> parts = again().getIn().getHeader("parts", List.class);

        assertThat((byte[]) parts.get(0)).isEqualTo(NO_TEXT);
        assertThat((byte[]) parts.get(1)).isEqualTo("text".getBytes(UTF_8));
    }

    @Test
    void givesBackNothing() throws Exception {
        exchange.getIn().setHeader("header", null);

        Exchange again = again();

        assertThat(again.getIn().getBody()).isNull();
        assertThat(again.getIn().getHeaders()).containsEntry("header", null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\": 1}", "{\"a\":1}", "text", ""})
    void readsAStreamOnceAndKeepsIt(String text) throws Exception {
        exchange.getIn().setBody(new ByteArrayInputStream(text.getBytes(UTF_8)));

        Exchange again = again();

        assertThat(exchange.getIn().getBody(String.class)).isEqualTo(text);
        assertThat(again.getIn().getBody(String.class)).isEqualTo(text);
        assertThat(again.getIn().getBody()).hasSameClassAs(exchange.getIn().getBody());
    }

    @Test
    void keepsACachedStreamOfBytesAsItIs() throws Exception {
        InputStreamCache cache = new InputStreamCache(NO_TEXT);
        exchange.getIn().setBody(cache);

        Exchange again = again();

        assertThat(exchange.getIn().getBody()).isSameAs(cache);
        assertThat(exchange.getIn().getBody(byte[].class)).isEqualTo(NO_TEXT);
        assertThat(again.getIn().getBody(byte[].class)).isEqualTo(NO_TEXT);
    }

    /** Some of it was read already, from memory or from the file that Camel spools it to. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsTheWholeOfACachedStream(boolean inAFile) throws Exception {
        context.getStreamCachingStrategy().setSpoolEnabled(inAFile);
        context.getStreamCachingStrategy().setSpoolThreshold(1);
        context.start();
        CachedOutputStream written = new CachedOutputStream(exchange);
        written.write(NO_TEXT);
        InputStream cache = (InputStream) written.newStreamCache();
        assertThat(cache).isInstanceOf(inAFile ? FileInputStreamCache.class : InputStreamCache.class);
        assertThat(cache.read()).isEqualTo(255);
        exchange.getIn().setBody(cache);
        exchange.getIn().setHeader("copy", cache);

        Exchange again = again();

        assertThat(again.getIn().getBody(byte[].class)).isEqualTo(NO_TEXT);
        assertThat(again.getIn().getHeader("copy", byte[].class)).isEqualTo(NO_TEXT);
        assertThat(cache.readAllBytes()).isEqualTo(NO_TEXT);
        context.stop();
    }

    /** As those of some HTTP servers are: what is written is read. */
    private static final class ReadByWriting extends ByteArrayInputStream implements StreamCache {

        private ReadByWriting() {
            super(NO_TEXT);
        }

        @Override
        public void writeTo(OutputStream target) throws IOException {
            transferTo(target);
        }

        @Override
        public StreamCache copy(Exchange exchange) {
            return new ReadByWriting();
        }

        @Override
        public boolean inMemory() {
            return true;
        }

        @Override
        public long length() {
            return count;
        }

        @Override
        public long position() {
            return pos;
        }
    }

    @Test
    void keepsACachedStreamThatIsReadByWriting() throws Exception {
        ReadByWriting cache = new ReadByWriting();
        exchange.getIn().setBody(cache);

        assertThat(again().getIn().getBody(byte[].class)).isEqualTo(NO_TEXT);
        assertThat(cache.readAllBytes()).isEqualTo(NO_TEXT);
    }

    @Test
    void keepsTheContentOfAFileThatIsNotOfAConsumer(@TempDir Path directory) throws Exception {
        exchange.getIn()
                .setBody(
                        Files.writeString(directory.resolve("order.csv"), "a;1").toFile());

        assertThat(again().getIn().getBody(String.class)).isEqualTo("a;1");
    }

    /** As a consumer of FTP gives one that it did not fetch. */
    @Test
    void keepsAFileWithoutContent() throws Exception {
        exchange.getIn().setBody(new GenericFile<>());

        assertThat(again().getIn().getBody(String.class)).isEmpty();
    }

    /** Not by the class, which is of a library. */
    @Test
    void keepsMapsAndListsOfLibraries() throws Exception {
        exchange.getIn().setHeader("map", new CaseInsensitiveMap(Map.of("a", 1)));
        exchange.getIn().setHeader("list", new ImplicitLinkedHashCollection<>());

        Map<String, Object> headers = again().getIn().getHeaders();

        assertThat(headers).isEqualTo(Map.of("map", Map.of("a", 1), "list", List.of()));
    }

    @Test
    void keepsTheContentOfAFile(@TempDir Path directory) throws Exception {
        Path written = Files.writeString(directory.resolve("order.csv"), "a;1");
        GenericFile<Object> file = new GenericFile<>();
        file.setFile(written.toFile());
        file.setBody(written.toFile());
        exchange.getIn().setBody(file);
        exchange.getIn().setHeader(Exchange.FILE_NAME, "order.csv");

        Exchange again = again();

        assertThat(exchange.getIn().getBody(String.class)).isEqualTo("a;1");
        assertThat(again.getIn().getBody(String.class)).isEqualTo("a;1");
        assertThat(again.getIn().getHeader(Exchange.FILE_NAME)).isEqualTo("order.csv");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"dev.caravan.saga.camel.KeptMessageTest$Order", "dev.caravan.*", "com.acme.Other, dev.caravan.*"
            })
    void givesBackARecordThatTheApplicationNamed(String types) throws Exception {
        name(types);
        Order order = new Order("o1", new BigDecimal("10.00"), LocalDate.of(2026, 1, 1));
        exchange.getIn().setBody(order);
        exchange.setProperty("orders", List.of(order));

        Exchange again = again();

        assertThat(again.getIn().getBody()).isEqualTo(order);
        assertThat(again.getProperty("orders")).isEqualTo(List.of(order));
    }

    @Test
    void givesBackABeanWithAComputedPropertyAndAnEnum() throws Exception {
        name("dev.caravan.saga.camel.*");
        Customer customer = new Customer();
        customer.name = "Ann";
        exchange.getIn().setBody(customer);
        exchange.setProperty("sizes", List.of(Size.SMALL, Size.LARGE));

        Exchange again = again();

        assertThat(again.getIn().getBody(Customer.class).name).isEqualTo("Ann");
        assertThat(again.getProperty("sizes")).isEqualTo(List.of(Size.SMALL, Size.LARGE));
    }

    @Test
    void givesBackARecordThatTheApplicationNamedInAList() throws Exception {
        Properties types = new Properties();
        types.setProperty(KeptTypes.SETTING + "[0]", "com.acme.Other");
        types.setProperty(KeptTypes.SETTING + "[1]", Order.class.getName());
        context.getPropertiesComponent().setOverrideProperties(types);
        exchange.getIn().setBody(new Order("o1", null, null));

        assertThat(again().getIn().getBody()).isEqualTo(new Order("o1", null, null));
    }

    static Stream<Consumer<RouteDefinition>> routesThatNameAType() {
        String name = Order.class.getName();
        JsonDataFormat named = new JsonDataFormat(JsonLibrary.Jackson);
        named.setUnmarshalTypeName(name);
        ConvertBodyDefinition converted = new ConvertBodyDefinition();
        converted.setType(name);
        return Stream.of(
                route -> route.unmarshal().json(JsonLibrary.Jackson, Order.class),
                route -> route.unmarshal(named),
                route -> route.convertBodyTo(Order.class),
                route -> route.addOutput(converted),
                route -> route.filter(Builder.body().isNotNull()).convertBodyTo(Order.class));
    }

    @ParameterizedTest
    @MethodSource("routesThatNameAType")
    void givesBackATypeToWhichARouteUnmarshalsOrConverts(Consumer<RouteDefinition> content) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                content.accept(from("direct:in").routeId("in"));
            }
        });
        exchange.getIn().setBody(new Order("o1", null, null));

        assertThat(again().getIn().getBody()).isEqualTo(new Order("o1", null, null));
    }

    @Test
    void refusesATypeThatTheApplicationDidNotName() {
        exchange.setProperty("order", new Order("o1", null, null));

        assertThatThrownBy(() -> KeptMessage.of(exchange))
                .isInstanceOf(NotKeptException.class)
                .hasMessage(
                        "Refused: exchange property 'order' is a dev.caravan.saga.camel.KeptMessageTest$Order, which would"
                                + " not be the same after a crash. Remedy: name the class or its package in"
                                + " caravan.serializable-types, turn it into a map or text, or remove it before <saga>");
    }

    @Test
    void refusesATypeOfAPackageThatOnlyBeginsLikeOneThatIsNamed() {
        name("dev.caravan.saga.cam.*");
        exchange.setProperty("order", new Order("o1", null, null));

        assertThatThrownBy(() -> KeptMessage.of(exchange)).isInstanceOf(NotKeptException.class);
    }

    @Test
    void refusesAMapWhoseKeysAreNoText() {
        exchange.setProperty("prices", Map.of(1, "one"));

        assertThatThrownBy(() -> KeptMessage.of(exchange))
                .isInstanceOf(NotKeptException.class)
                .hasMessageContaining("exchange property 'prices' is a map with keys that are no text");
    }

    public static class Doubled {
        private int count = 1;

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = 2 * count;
        }
    }

    @Test
    void refusesWhatJacksonReadsAsSomethingElse() {
        name("dev.caravan.*");
        exchange.setProperty("doubled", new Doubled());

        assertThatThrownBy(() -> KeptMessage.of(exchange))
                .isInstanceOf(NotKeptException.class)
                .hasMessageContaining("Doubled that Jackson does not read as it wrote it");
    }

    @Test
    void refusesWhatJacksonDoesNotReadAsItWrote() {
        name("java.lang.Object");
        exchange.getIn().setHeader("lock", new Object());

        assertThatThrownBy(() -> KeptMessage.of(exchange))
                .isInstanceOf(NotKeptException.class)
                .hasMessageContaining("header 'lock' is a java.lang.Object that Jackson cannot write and read");
    }

    @Test
    void loadsNoClassFromTheLogThatTheApplicationDidNotName() throws Exception {
        name("dev.caravan.*");
        exchange.getIn().setBody(new Order("o1", null, null));
        SagaEvent.Start start = recorded();

        assertThatThrownBy(() -> KeptMessage.of(start).restore(new DefaultExchange(new DefaultCamelContext())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("did not name in caravan.serializable-types");
    }

    @Test
    void refusesAttachments() {
        exchange.getIn().setPayloadForTrait(MessageTrait.ATTACHMENTS, Map.of("photo.jpg", NO_TEXT));

        assertThatThrownBy(() -> KeptMessage.of(exchange))
                .isInstanceOf(NotKeptException.class)
                .hasMessageContaining("the attachment 'photo.jpg'");
    }

    @Test
    void givesBackWhetherSomebodyExpectsAnAnswer() throws Exception {
        exchange.setPattern(ExchangePattern.InOnly);
        Exchange inOnly = again();
        exchange.setPattern(ExchangePattern.InOut);

        assertThat(List.of(inOnly.getPattern(), again().getPattern()))
                .containsExactly(ExchangePattern.InOnly, ExchangePattern.InOut);
    }

    @Test
    void givesBackWhatTheMessageIsOneOf() throws Exception {
        exchange.setProperty(ExchangePropertyKey.SPLIT_INDEX, 3);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, true);
        exchange.setProperty(Exchange.TIMER_FIRED_TIME, new Date(1));

        Exchange back = again();

        assertThat(back.getProperty(ExchangePropertyKey.SPLIT_INDEX)).isEqualTo(3);
        assertThat(back.getProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK))
                .isEqualTo(true);
        assertThat(back.getProperty(Exchange.TIMER_FIRED_TIME)).isEqualTo(new Date(1));
    }

    @Test
    void givesBackWhatWasPutAway() throws Exception {
        KeptClaims claims = new KeptClaims();
        claims.push(claim("first", "Authorization", "Bearer x"));
        claims.push(claim(NO_TEXT, "count", 2L));
        claims.add("stream", claim(new ByteArrayInputStream("read once".getBytes(UTF_8)), "kind", "stream"));
        claims.add("a/b", claim(null, "day", LocalDate.of(2026, 1, 1)));
        exchange.setProperty(ExchangePropertyKey.CLAIM_CHECK_REPOSITORY, claims);

        KeptClaims back = again().getProperty(ExchangePropertyKey.CLAIM_CHECK_REPOSITORY, KeptClaims.class);

        Exchange last = back.pop();
        assertThat(last.getIn().getBody()).isEqualTo(NO_TEXT);
        assertThat(last.getIn().getHeaders()).isEqualTo(Map.of("count", 2L));
        Exchange first = back.pop();
        assertThat(first.getIn().getBody()).isEqualTo("first");
        assertThat(first.getIn().getHeaders()).isEmpty();
        assertThat(back.pop()).isNull();
        assertThat(back.get("a/b").getIn().getHeader("day")).isEqualTo(LocalDate.of(2026, 1, 1));
        assertThat(back.get("stream").getIn().getBody(String.class)).isEqualTo("read once");
    }

    private Exchange claim(Object body, String header, Object value) {
        Exchange claim = new DefaultExchange(context);
        claim.getIn().setBody(body);
        claim.getIn().setHeader(header, value);
        return claim;
    }

    @Test
    void leavesOutSecretsAndWhatBelongsToOneRun() {
        exchange.setPattern(ExchangePattern.InOut);
        exchange.getIn().setHeader("Authorization", "Bearer x");
        exchange.getIn().setHeader("Cookie", "a=b");
        exchange.getIn().setHeader("long-running-action", "http://elsewhere/1");
        exchange.getIn().setHeader("context", context);
        exchange.getIn().setHeader("CamelHttpMethod", "POST");
        exchange.setProperty("CamelOwn", "x");
        exchange.setProperty("Authorization", "Bearer x");
        exchange.setVariable("X-Api-Key", "x");

        KeptMessage message = KeptMessage.of(exchange);

        assertThat(message.headers()).isEqualTo(Map.of("CamelHttpMethod", "POST"));
        assertThat(message.kept()).isNull();
    }

    /** Providers of JMS and servers of HTTP have classes of their own, from which no saga could start otherwise. */
    @Test
    void leavesOutWhatAConsumerOfCamelsAddsAndCannotBeKept() {
        exchange.getIn().setHeader("JMSReplyTo", new Customer());
        exchange.getIn().setHeader("JMSMessageID", "ID:1");
        exchange.getIn().setHeader("CamelPartnerRequest", List.of(new Customer()));

        assertThat(KeptMessage.of(exchange).headers()).isEqualTo(Map.of("JMSMessageID", "ID:1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ref\":\"A\",\"qty\":2}", "[{\"ref\":\"A\",\"qty\":2}]"})
    void showsJsonTextAsJsonToReadersOfTheLog(String text) {
        exchange.getIn().setBody(text);

        KeptMessage message = KeptMessage.of(exchange);

        assertThat(message.body().findPath("qty").asInt()).isEqualTo(2);
        assertThat(message.kept().kinds()).isEqualTo(Map.of("/body", "text"));
    }

    private void name(String types) {
        Properties properties = new Properties();
        properties.setProperty(KeptTypes.SETTING, types);
        context.getPropertiesComponent().setOverrideProperties(properties);
    }

    private SagaEvent.Start recorded() {
        KeptMessage message = KeptMessage.of(exchange);
        SagaEvent.Start start = new SagaEvent.Start(
                "order",
                null,
                null,
                message.body(),
                message.headers(),
                "shop",
                null,
                message.kept(),
                null,
                null,
                null,
                null);
        SagaLogEntry entry = new SagaLogEntry(new SagaId("saga-1"), 0, 0, Instant.EPOCH, start);
        return (SagaEvent.Start) codec.decode(codec.encode(entry)).event();
    }

    private Exchange again() {
        Exchange again = new DefaultExchange(context);
        KeptMessage.of(recorded()).restore(again);
        return again;
    }
}
