package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.resilience4j.ResilienceProcessor;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps behind a circuit breaker: a route that is run again goes the way that it went, and nothing stays in doubt. */
class CircuitBreakersTest extends PlainSteps {

    enum Dsl {
        JAVA,
        XML
    }

    private final TimeLimit limit = new TimeLimit();
    private boolean open;

    @AfterEach
    void letsAllThreadsGo() {
        limit.goesOn();
    }

    private static final String SLOW_IN_XML = """
            <route id="trip" xmlns="http://camel.apache.org/schema/spring">
              <from uri="direct:trip"/>
              <saga propagation="REQUIRES_NEW">
                <circuitBreaker>
                  <resilience4jConfiguration timeoutEnabled="true" timeoutDuration="1" timeoutExecutorService="limit"/>
                  <to uri="direct:slow"/>
                  <onFallback><setBody><constant>fell back</constant></setBody><to uri="direct:other"/></onFallback>
                </circuitBreaker>
                <to uri="direct:late"/>
                <to uri="direct:last"/>
              </saga>
            </route>
            """;

    private void slow(CamelContext context, Dsl dsl, boolean fails) throws Exception {
        context.getRegistry().bind("limit", limit);
        if (dsl == Dsl.XML) {
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("slow.xml", SLOW_IN_XML));
        }
        context.addRoutes(new Routes() {
            @Override
            public void configure() {
                if (dsl == Dsl.JAVA) {
                    saga().circuitBreaker()
                            .resilience4jConfiguration()
                            .timeoutEnabled(true)
                            .timeoutDuration(1)
                            .timeoutExecutorService("limit")
                            .end()
                            .to("direct:slow")
                            .onFallback()
                            .setBody(constant("fell back"))
                            .to("direct:other")
                            .end()
                            .to("direct:late")
                            .to("direct:last");
                }
                step("slow")
                        .process(does("slow"))
                        .process(exchange -> limit.hangs())
                        .process(exchange -> {
                            exchange.getIn().setBody("slow");
                            if (fails) {
                                throw new IllegalStateException("slow, and in vain");
                            }
                        });
                step("other").process(does("other"));
                from("direct:late").routeId("late").process(exchange -> {
                    limit.goesOn();
                    seen.add(exchange.getIn().getBody(String.class));
                });
                step("last").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("slow", undoes("slow"));
                undo("other", undoes("other"));
                undo("last", undoes("last"));
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Dsl.class)
    void aStepThatTakesTooLongIsUndoneWhenItIsDone(Dsl dsl) {
        scenario(context -> slow(context, dsl, false))
                .start("direct:trip", "{}")
                .advance(LONG);

        scenario.expect().completed().nothingIsPending();
        assertThat(effects).containsExactly("slow null", "other null");
        assertThat(undone).containsExactly("slow");
        assertThat(seen).containsExactly("fell back");
    }

    @Test
    void oneThatFailsWhenTheFallbackHasBegunDisturbsNobody() {
        scenario(context -> slow(context, Dsl.JAVA, true))
                .start("direct:trip", "{}")
                .advance(LONG);

        scenario.expect().completed().nothingIsPending();
        assertThat(undone).containsExactly("slow");
        assertThat(seen).containsExactly("fell back");
    }

    @Test
    void aRouteThatFellBackDoesSoAgainAfterACrash() {
        scenario(context -> slow(context, Dsl.JAVA, false));
        killedInCharge();

        scenario.expect().completed();
        assertThat(effects).containsExactly("slow null", "other null");
        assertThat(undone).containsExactly("slow");
        assertThat(seen).containsExactly("fell back", "fell back");
    }

    @Test
    void eachEffectIsThereOnceOrUndoneWhereverTheInstanceDies() {
        scenario(context -> slow(context, Dsl.JAVA, false))
                .start("direct:trip", "{}")
                .advance(LONG);
        int acts = scenario.acts();
        for (int act = 0; act < acts; act++) {
            scenario(context -> slow(context, Dsl.JAVA, false))
                    .dieAfter(act)
                    .start("direct:trip", "{}")
                    .advance(LONG);
            limit.goesOn();
            SagaState end = end();

            assertThat(end.status()).as("act %d", act).isIn(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
            List<String> left = new ArrayList<>(effects);
            undone.forEach(step -> left.remove(step + " null"));
            assertThat(new HashSet<>(left))
                    .as("act %d: %s, undone %s", act, effects, undone)
                    .hasSameSizeAs(left)
                    .isEqualTo(
                            end.status() == SagaStatus.COMPLETED ? java.util.Set.of("other null") : java.util.Set.of());
        }
    }

    private RouteBuilder guarded() {
        return new Routes() {
            @Override
            public void configure() {
                SagaDefinition saga = saga();
                saga.process(exchange -> {
                    if (open) {
                        exchange.getContext()
                                .getProcessor("guard", ResilienceProcessor.class)
                                .transitionToForcedOpenState();
                    }
                });
                saga.circuitBreaker()
                        .id("guard")
                        .to("direct:first")
                        .onFallback()
                        .to("direct:second")
                        .end()
                        .to("direct:last");
                step("first").process(does("first"));
                step("second").process(does("second"));
                step("last").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("first", undoes("first"));
                undo("second", undoes("second"));
                undo("last", undoes("last"));
            }
        };
    }

    @Test
    void aRouteGoesThroughAnOpenBreakerWhenItDidBeforeTheCrash() {
        scenario(context -> context.addRoutes(guarded())).given("Charge").isSilent();
        scenario.start("direct:trip", "{}").kill();
        scenario.given("Charge").succeedsWith(Map.of());
        open = true;
        end();

        scenario.expect().completed();
        assertThat(effects).containsExactly("first null");
    }

    @Test
    void aRouteThatFoundItsBreakerOpenDoesNotGoThroughItWhenItIsClosedAfterACrash() {
        open = true;
        scenario(context -> context.addRoutes(guarded())).given("Charge").isSilent();
        scenario.start("direct:trip", "{}").kill();
        scenario.given("Charge").succeedsWith(Map.of());
        open = false;
        end();

        scenario.expect().completed();
        assertThat(effects).containsExactly("second null");
    }

    /** What a breaker takes for no failure. */
    enum Passed {
        IGNORED,
        NOT_RECORDED
    }

    private RouteBuilder passesOver(Passed passed) {
        return new Routes() {
            @Override
            public void configure() {
                var breaker = saga().circuitBreaker().resilience4jConfiguration();
                if (passed == Passed.IGNORED) {
                    breaker.ignoreException(IllegalArgumentException.class);
                } else {
                    breaker.recordException(IOException.class);
                }
                breaker.end()
                        .to("direct:first")
                        .onFallback()
                        .to("direct:second")
                        .end()
                        .process(exchange -> seen.add(
                                exchange.getProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION)
                                        + " "
                                        + exchange.getProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_IGNORED)))
                        .to("direct:last");
                step("first").process(does("first")).process(exchange -> {
                    throw new IllegalArgumentException("no such customer");
                });
                step("second").process(does("second"));
                step("last").setBody(constant("{}")).to("saga-command:bank/Charge");
                undo("first", undoes("first"));
                undo("second", undoes("second"));
                undo("last", undoes("last"));
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Passed.class)
    void aRouteGoesOnAgainWhereItsBreakerPassedOverAFailureBeforeTheCrash(Passed passed) {
        scenario(context -> context.addRoutes(passesOver(passed)));
        killedInCharge();

        scenario.expect().completed();
        assertThat(effects).containsExactly("first null");
        assertThat(undone).containsExactly("first");
        assertThat(seen).hasSize(2).containsOnly(passed == Passed.IGNORED ? "false true" : "true null");
    }
}
