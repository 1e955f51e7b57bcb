package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After a crash, a route is told of its circuit breaker what Camel's own told it before, and goes the same way. */
class BreakerSeenAgainTest extends PlainSteps {

    private static final List<ExchangePropertyKey> TOLD = List.of(
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_TIMED_OUT,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_REJECTED,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_IGNORED,
            ExchangePropertyKey.EXCEPTION_HANDLED);

    enum Tried {
        SUCCEEDS,
        FAILS,
        FAILS_BY_A_CAUSE,
        FAILS_BEHIND_THE_STEP,
        TAKES_TOO_LONG
    }

    enum Breaker {
        PLAIN,
        IGNORES,
        RECORDS
    }

    private final List<Object> ended = new ArrayList<>();
    private final TimeLimit limit = new TimeLimit();

    @AfterEach
    void letsAllThreadsGo() {
        limit.goesOn();
    }

    private static void does(Tried tried, Exchange exchange) {
        exchange.getIn().setBody("tried");
        exchange.getIn().setHeader("price", 12);
        switch (tried) {
            case FAILS -> throw new IllegalStateException("sold out");
            case FAILS_BY_A_CAUSE ->
                throw new IllegalStateException("sold out", new FileNotFoundException("no such price"));
            default -> {}
        }
    }

    private static void configure(Resilience4jConfigurationDefinition settings, Tried tried, Breaker breaker) {
        switch (breaker) {
            case IGNORES -> settings.ignoreException(IOException.class);
            case RECORDS -> settings.recordException(IOException.class);
            default -> {}
        }
        if (tried == Tried.TAKES_TOO_LONG) {
            settings.timeoutEnabled(true).timeoutDuration(1).timeoutExecutorService("limit");
        }
    }

    private void goesIn(Exchange exchange) {
        seen.add("in route " + ExchangeHelper.getRouteId(exchange));
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                ended.add(done.getIn().getHeader("price"));
            }
        });
    }

    private static void fails(Exchange exchange) {
        throw new IllegalStateException("no room behind " + exchange.getIn().getBody());
    }

    private String seen(Exchange exchange) {
        Exception caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        return TOLD.stream().map(key -> exchange.getProperty(key)).toList() + " caught "
                + (caught == null ? null : caught.getMessage())
                + ", " + exchange.getIn().getBody() + ", " + exchange.getIn().getHeader("price") + ", "
                + exchange.getProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK);
    }

    private Routes routes(Tried tried, Breaker how, boolean fallsBack) {
        return new Routes() {
            @Override
            public void configure() {
                ProcessorDefinition<?> saga = from("direct:trip")
                        .routeId("trip")
                        .errorHandler(deadLetterChannel("log:dead?level=OFF"))
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW);
                CircuitBreakerDefinition breaker = (fallsBack ? saga : saga.doTry()).circuitBreaker();
                BreakerSeenAgainTest.configure(breaker.resilience4jConfiguration(), tried, how);
                breaker.process(BreakerSeenAgainTest.this::goesIn).to("direct:first");
                if (tried == Tried.FAILS_BEHIND_THE_STEP) {
                    breaker.process(BreakerSeenAgainTest::fails);
                }
                if (fallsBack) {
                    breaker.onFallback().to("direct:second");
                }
                ProcessorDefinition<?> behind = breaker.end().process(exchange -> seen.add(seen(exchange)));
                if (!fallsBack) {
                    behind = behind.endDoTry()
                            .doCatch(Exception.class)
                            .process(exchange -> seen.add("failed " + seen(exchange)))
                            .end();
                }
                behind.to("direct:last");
                var first = step("first");
                first.process(does("first")).process(exchange -> does(tried, exchange));
                if (tried == Tried.TAKES_TOO_LONG) {
                    first.process(exchange -> limit.hangs());
                }
                step("second").process(does("second"));
                step("last").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("first", undoes("first"));
                undo("second", undoes("second"));
                undo("last", undoes("last"));
            }
        };
    }

    private void isToldTheSame(Tried tried, Breaker how, boolean fallsBack) {
        scenario(context -> {
                    context.getRegistry().bind("limit", limit);
                    context.addRoutes(routes(tried, how, fallsBack));
                })
                .given("Charge")
                .isSilent();
        scenario.start("direct:trip", "{}").kill();
        limit.goesOn();
        scenario.given("Charge").succeedsWith(Map.of());
        end();

        scenario.expect().completed();
        int half = seen.size() / 2;
        assertThat(seen.subList(half, seen.size()))
                .isEqualTo(seen.subList(0, half))
                .hasSize(2);
        assertThat(ended).as("each way that it tried has come to its end").hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(Tried.class)
    void withAFallback(Tried tried) {
        isToldTheSame(tried, Breaker.PLAIN, true);
    }

    @ParameterizedTest
    @EnumSource(Tried.class)
    void withoutAFallback(Tried tried) {
        isToldTheSame(tried, Breaker.PLAIN, false);
    }

    @ParameterizedTest
    @EnumSource(Tried.class)
    void whereItIgnoresSomeExceptions(Tried tried) {
        isToldTheSame(tried, Breaker.IGNORES, true);
    }

    /** One that takes too long is none of them: Camel goes on beside it, and the saga waits for it in the end. */
    @ParameterizedTest
    @EnumSource(value = Tried.class, mode = EnumSource.Mode.EXCLUDE, names = "TAKES_TOO_LONG")
    void whereItRecordsSomeExceptions(Tried tried) {
        isToldTheSame(tried, Breaker.RECORDS, true);
    }
}
