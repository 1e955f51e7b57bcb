package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepResolved;
import dev.caravan.saga.state.StepState;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.ExpressionAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Saga EIP on the log coordinator: what Camel's own in-memory service gets wrong, and what else is promised. */
class LogSagaServiceTest extends InEitherMode {

    private static final String DECLINED = "card declined";

    private final List<String> done = new ArrayList<>();
    private SagaRing ring;

    /** Routes that all tests may use: steps that work, are undone and made final. */
    private abstract class Routes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:undo").routeId("undo").process(note("undo"));
            from("direct:finish").routeId("finish").process(note("finish"));
            from("direct:fail").routeId("fail").process(exchange -> {
                throw new IllegalStateException(DECLINED);
            });
            step("reserve", "direct:undo", "direct:finish");
            step("pay", "direct:undo", null);
            sagas();
        }

        void step(String name, String compensation, String completion) {
            var saga = from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .option("item", simple("${body}"))
                    .option("what", constant(name));
            if (compensation != null) {
                saga.compensation(compensation);
            }
            if (completion != null) {
                saga.completion(completion);
            }
            saga.process(exchange ->
                    done.add("%s %s".formatted(name, exchange.getIn().getBody())));
        }

        abstract void sagas();
    }

    private Processor note(String what) {
        return exchange -> done.add("%s %s %s"
                .formatted(
                        what,
                        exchange.getIn().getHeader("what"),
                        exchange.getIn().getHeader("item")));
    }

    private void start(Consumer<RouteBuilder> sagas) throws Exception {
        ring = ring(new Routes() {
            @Override
            void sagas() {
                sagas.accept(this);
            }
        });
    }

    @AfterEach
    void leavesNothingPending() {
        ring.assertNothingIsPending();
        ring.close();
    }

    private void ends(SagaStatus status) {
        assertThat(ring.saga().status()).isEqualTo(status);
    }

    // -- how it ends ------------------------------------------------------------------------------------------------

    @Test
    void compensatesInReverseOrderAndTellsTheCallerOnlyThen() throws Exception {
        start(routes -> routes.from("direct:order")
                .saga()
                .to("direct:reserve")
                .to("direct:pay")
                .to("direct:fail"));

        Exchange exchange = ring.answer("direct:order", "A");

        assertThat(exchange.getException()).hasMessage(DECLINED);
        assertThat(done).containsExactly("reserve A", "pay A", "undo pay A", "undo reserve A");
        ends(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).isEqualTo(DECLINED);
    }

    @Test
    void completesInReverseOrderAndTellsTheCallerOnlyThen() throws Exception {
        start(routes -> routes.from("direct:order").saga().to("direct:reserve").to("direct:pay"));

        Exchange exchange = ring.answer("direct:order", "A");

        assertThat(exchange.getException()).isNull();
        assertThat(done).containsExactly("reserve A", "pay A", "finish reserve A");
        ends(SagaStatus.COMPLETED);
    }

    @Test
    void tellsTheExchangeHowTheSagaEnded() throws Exception {
        start(routes -> {
            routes.from("direct:good").saga().to("direct:reserve");
            routes.from("direct:bad").saga().to("direct:reserve").to("direct:fail");
        });

        assertThat(ring.answer("direct:good", "A").getProperty(SagaConstants.SAGA_STATUS))
                .isEqualTo("COMPLETED");
        assertThat(ring.answer("direct:bad", "A").getProperty(SagaConstants.SAGA_STATUS))
                .isEqualTo("COMPENSATED");
    }

    @Test
    void answersTheCallerWhenACompensationWorksAtLast() throws Exception {
        start(routes -> {
            routes.from("direct:undo-hard").process(fails(2)).process(note("undo"));
            ((Routes) routes).step("ship", "direct:undo-hard", null);
            routes.from("direct:order").saga().to("direct:ship").to("direct:fail");
        });

        CompletableFuture<Exchange> sent = ring.send("direct:order", "A");
        ring.advance(Duration.ofMillis(2999));
        assertThat(sent).isNotDone();
        assertThat(done).containsExactly("ship A", "failed 0s", "failed 1s");
        ring.advance(Duration.ofMillis(1));

        assertThat(sent.join().getException()).hasMessage(DECLINED);
        assertThat(done).endsWith("undo ship A");
        ends(SagaStatus.COMPENSATED);
    }

    @Test
    void keepsTheCodeWithWhichACompensationIsRefusedUntilItIsTriedAgain() throws Exception {
        start(routes -> {
            routes.from("direct:undo-never").process(exchange -> {
                throw new StepRejectedException("REFUNDS_CLOSED", "not on Sundays");
            });
            ((Routes) routes).step("ship", "direct:undo-never", null);
            routes.from("direct:order").saga().to("direct:ship").to("direct:fail");
        });

        ring.send("direct:order", "A");
        ring.advance(Duration.ofMinutes(10));

        ends(SagaStatus.FAILED);
        StepState ship = ring.saga().steps().get(0);
        assertThat(ship.status()).isEqualTo(StepStatus.COMPENSATION_FAILED);
        assertThat(ship.code()).contains("REFUNDS_CLOSED");
        assertThat(ship.error()).isEqualTo("not on Sundays");
        SagaState failed = ring.saga();
        SagaEvent again = new SagaEvent.Retry("ann", "it is Monday", null, null, null);
        assertThat(failed.apply(new SagaLogEntry(
                                failed.sagaId(), failed.nextSequence(), failed.epoch(), Instant.EPOCH, again))
                        .steps()
                        .get(0)
                        .code())
                .isEmpty();
    }

    @Test
    void isFailedWhenACompensationIsGivenUp() throws Exception {
        start(routes -> {
            routes.from("direct:undo-never").process(fails(99));
            ((Routes) routes).step("ship", "direct:undo-never", null);
            routes.from("direct:order")
                    .saga()
                    .to("direct:reserve")
                    .to("direct:ship")
                    .to("direct:fail");
        });

        CompletableFuture<Exchange> sent = ring.send("direct:order", "A");
        ring.advance(Duration.ofMinutes(10));

        assertThat(done)
                .containsExactly(
                        "reserve A",
                        "ship A",
                        "failed 0s",
                        "failed 1s",
                        "failed 3s",
                        "failed 7s",
                        "failed 15s",
                        "undo reserve A");
        ends(SagaStatus.FAILED);
        assertThat(ring.saga().steps())
                .extracting(StepState::status)
                .containsExactly(StepStatus.COMPENSATED, StepStatus.COMPENSATION_FAILED);
        assertThat(sent.join().getException())
                .isInstanceOf(SagaFailedException.class)
                .hasMessageContaining("Step SHIP could not be compensated: not now");
        assertThat(sent.join().getException().getSuppressed()).singleElement().satisfies(cause -> assertThat(cause)
                .hasMessage(DECLINED));
        assertThat(sent.join().getProperty(SagaConstants.SAGA_STATUS)).isEqualTo("FAILED");
    }

    @Test
    void triesOneCompensationAgainAndTakesAPersonsWordForTheOther() throws Exception {
        AtomicBoolean open = new AtomicBoolean();
        start(routes -> {
            routes.from("direct:undo-when-open").process(exchange -> {
                done.add("undo ship, " + (open.get() ? "open" : "closed"));
                if (!open.get()) {
                    throw new StepRejectedException("CLOSED", "not on Sundays");
                }
            });
            routes.from("direct:undo-never").process(fails(99));
            ((Routes) routes).step("ship", "direct:undo-when-open", null);
            ((Routes) routes).step("bill", "direct:undo-never", null);
            routes.from("direct:order")
                    .saga()
                    .to("direct:reserve")
                    .to("direct:ship")
                    .to("direct:bill")
                    .to("direct:fail");
        });
        ring.send("direct:order", "A");
        ring.advance(Duration.ofMinutes(10));
        ends(SagaStatus.FAILED);
        SagaOperator operator = new SagaOperator(ring.member.host, ring.member.host.requests());
        SagaId saga = ring.saga().sagaId();
        done.clear();
        open.set(true);

        operate(() -> operator.retry(saga, new Step("SHIP", 1), "ann", "it is Monday"));

        assertThat(done).containsExactly("undo ship, open");
        ends(SagaStatus.FAILED);
        assertThat(ring.saga().steps())
                .extracting(StepState::status)
                .containsExactly(StepStatus.COMPENSATED, StepStatus.COMPENSATED, StepStatus.COMPENSATION_FAILED);

        operate(() -> operator.resolve(saga, new Step("BILL", 1), "ann", "credit note 4711"));

        assertThat(done).hasSize(1);
        ends(SagaStatus.COMPENSATED);
        assertThat(ring.events(saga))
                .endsWith(
                        new StepResolved(new Step("BILL", 1), "ann", "credit note 4711", null),
                        new SagaEvent.Resolve("ann", "credit note 4711", null));
    }

    @Test
    void sendsACompensationAgainWithTheDataThatAnOperatorCorrected() throws Exception {
        start(routes -> {
            routes.from("direct:undo-if-open").process(exchange -> {
                note("undo").process(exchange);
                if (!"B".equals(exchange.getIn().getHeader("item"))) {
                    throw new StepRejectedException("CLOSED", "the account was closed");
                }
            });
            ((Routes) routes).step("ship", "direct:undo-if-open", null);
            routes.from("direct:order").saga().to("direct:ship").to("direct:fail");
        });
        ring.send("direct:order", "A");
        ring.advance(Duration.ofMinutes(10));
        ends(SagaStatus.FAILED);
        SagaOperator operator = new SagaOperator(ring.member.host, ring.member.host.requests());
        SagaId saga = ring.saga().sagaId();
        done.clear();

        operate(() -> operator.correct(saga, new Step("SHIP", 1), Map.of("item", "B", "CamelX", 1), "ann", "moved"));

        assertThat(done).containsExactly("undo ship B");
        assertThat(ring.saga().steps()).extracting(StepState::status).containsExactly(StepStatus.COMPENSATED);
    }

    private void operate(Supplier<CompletableFuture<Void>> act) {
        AtomicReference<CompletableFuture<Void>> acted = new AtomicReference<>();
        ring.world.as(ring.member.instance, () -> acted.set(act.get()));
        ring.advance(Duration.ofMinutes(10));
        assertThat(acted.get()).isCompleted();
    }

    private Processor fails(int times) {
        var start = Instant.parse("2026-01-01T00:00:00Z");
        var left = new AtomicInteger(times);
        return exchange -> {
            if (left.getAndDecrement() > 0) {
                done.add("failed %ds"
                        .formatted(Duration.between(start, ring.world.now()).toSeconds()));
                throw new IllegalStateException("not now");
            }
        };
    }

    @Test
    void retriesACompletionUntilItIsDone() throws Exception {
        start(routes -> {
            routes.from("direct:finish-hard").process(fails(20)).process(note("finish"));
            ((Routes) routes).step("ship", null, "direct:finish-hard");
            routes.from("direct:order").saga().to("direct:ship");
        });

        CompletableFuture<Exchange> sent = ring.send("direct:order", "A");
        ring.advance(Duration.ofMinutes(2));
        assertThat(sent).isNotDone();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPLETING);
        ring.advance(Duration.ofMinutes(1));

        assertThat(sent.join().getException()).isNull();
        assertThat(done).hasSize(22).endsWith("finish ship A");
        ends(SagaStatus.COMPLETED);
    }

    // -- an exception that the route handled ------------------------------------------------------------------------

    @Test
    void compensatesWhenTheRouteBrokeOffThoughItHandledTheException() throws Exception {
        start(routes -> routes.from("direct:order")
                .onException(IllegalStateException.class)
                .handled(true)
                .setBody(routes.constant("sorry"))
                .end()
                .saga()
                .to("direct:reserve")
                .process(exchange -> {
                    throw new IllegalStateException(DECLINED);
                })
                .to("direct:pay"));

        Exchange exchange = ring.answer("direct:order", "A");

        assertThat(exchange.getException()).isNull();
        assertThat(exchange.getMessage().getBody()).isEqualTo("sorry");
        assertThat(exchange.getProperty(SagaConstants.SAGA_STATUS)).isEqualTo("COMPENSATED");
        assertThat(done).containsExactly("reserve A", "undo reserve A");
        ends(SagaStatus.COMPENSATED);
        assertThat(ring.saga().reason()).isEqualTo(DECLINED);
    }

    @Test
    void completesWhenTheRouteWentOnAfterTheException() throws Exception {
        start(routes -> {
            routes.from("direct:catch")
                    .saga()
                    .to("direct:reserve")
                    .doTry()
                    .to("direct:fail")
                    .doCatch(IllegalStateException.class)
                    .to("direct:pay")
                    .end();
            routes.from("direct:continue")
                    .onException(IllegalStateException.class)
                    .continued(true)
                    .end()
                    .saga()
                    .process(exchange -> {
                        throw new IllegalStateException(DECLINED);
                    })
                    .to("direct:reserve");
        });

        assertThat(ring.answer("direct:catch", "A").getException()).isNull();
        assertThat(ring.answer("direct:continue", "B").getException()).isNull();

        assertThat(done).containsExactly("reserve A", "pay A", "finish reserve A", "reserve B", "finish reserve B");
        assertThat(ring.sagas()).extracting(SagaState::status).containsOnly(SagaStatus.COMPLETED);
    }

    // -- steps that are taken often ---------------------------------------------------------------------------------

    @Test
    void compensatesEachEnlistmentWithItsOwnOptions() throws Exception {
        start(routes -> {
            routes.from("direct:split")
                    .saga()
                    .split(routes.body())
                    .to("direct:reserve")
                    .end()
                    .to("direct:fail");
            routes.from("direct:parallel")
                    .saga()
                    .split(routes.body())
                    .parallelProcessing()
                    .to("direct:reserve")
                    .end()
                    .to("direct:fail");
            routes.from("direct:loop")
                    .saga()
                    .loop(3)
                    .setBody(routes.simple("${exchangeProperty.CamelLoopIndex}"))
                    .to("direct:reserve")
                    .end()
                    .to("direct:fail");
            routes.from("direct:multicast")
                    .saga()
                    .multicast()
                    .parallelProcessing()
                    .to("direct:reserve", "direct:pay", "direct:reserve")
                    .end()
                    .to("direct:fail");
        });

        ring.answer("direct:split", List.of("A", "B", "C"));
        assertThat(done)
                .containsExactly(
                        "reserve A", "reserve B", "reserve C", "undo reserve C", "undo reserve B", "undo reserve A");

        done.clear();
        ring.answer("direct:parallel", List.of("A", "B", "C"));
        assertThat(done.subList(3, 6)).containsExactlyInAnyOrder("undo reserve A", "undo reserve B", "undo reserve C");

        done.clear();
        ring.answer("direct:loop", "");
        assertThat(done.subList(3, 6)).containsExactly("undo reserve 2", "undo reserve 1", "undo reserve 0");

        done.clear();
        ring.answer("direct:multicast", "A");
        assertThat(done.subList(3, 6)).containsExactlyInAnyOrder("undo reserve A", "undo pay A", "undo reserve A");
        assertThat(ring.sagas()).extracting(SagaState::status).containsOnly(SagaStatus.COMPENSATED);
    }

    @Test
    void keepsTheTypesOfOptions() throws Exception {
        List<Object> values = new ArrayList<>();
        start(routes -> {
            routes.from("direct:typed-undo").process(exchange -> {
                values.add(exchange.getIn().getHeader("count"));
                values.add(exchange.getIn().getHeader("price"));
                values.add(exchange.getIn().getHeader("gift"));
                values.add(exchange.getIn().getHeader("nothing"));
                values.add(exchange.getIn().getHeader("lines"));
                values.add(exchange.getIn().getBody());
            });
            routes.from("direct:order")
                    .saga()
                    .compensation("direct:typed-undo")
                    .option("count", routes.constant(3))
                    .option("price", routes.constant(new BigDecimal("9.90")))
                    .option("gift", routes.constant(true))
                    .option("nothing", routes.header("none"))
                    .option("lines", routes.constant(List.of("A", "B")))
                    .to("direct:fail");
        });

        ring.answer("direct:order", "A");

        assertThat(values).containsExactly(3, new BigDecimal("9.90"), true, null, List.of("A", "B"), null);
        ends(SagaStatus.COMPENSATED);
    }

    @Test
    void bringsAnOptionToTheCompensationAsItWasWhenTheStepBegan() throws Exception {
        List<Object> values = new ArrayList<>();
        start(routes -> {
            routes.from("direct:give-back")
                    .process(exchange -> values.add(exchange.getIn().getHeader("seats")));
            routes.from("direct:order")
                    .saga()
                    .compensation("direct:give-back")
                    .option("seats", routes.body())
                    .process(exchange -> exchange.getIn().getBody(String[].class)[0] = "taken")
                    .to("direct:fail");
        });

        ring.answer("direct:order", new String[] {"1A", "1B"});

        assertThat(values).containsExactly((Object) new String[] {"1A", "1B"});
        ends(SagaStatus.COMPENSATED);
    }

    // -- many of them, and long ones --------------------------------------------------------------------------------

    @Test
    void keepsNothingOfSagasThatHaveEnded() throws Exception {
        start(routes -> {
            routes.from("direct:good").saga().timeout(Duration.ofHours(1)).to("direct:reserve");
            routes.from("direct:bad")
                    .saga()
                    .timeout(Duration.ofHours(1))
                    .to("direct:reserve")
                    .to("direct:fail");
        });

        for (int i = 0; i < 1000; i++) {
            ring.answer("direct:good", i);
            ring.answer("direct:bad", i);
        }

        ring.assertNothingIsPending();
        assertThat(ring.sagas()).hasSize(2000).allMatch(saga -> saga.status().isTerminal());
    }

    @Test
    void takesAnyNumberOfPendingTimeouts() throws Exception {
        start(routes -> routes.from("direct:order")
                .saga()
                .completionMode(SagaCompletionMode.MANUAL)
                .timeout(Duration.ofHours(1))
                .to("direct:reserve"));

        for (int i = 0; i < 5000; i++) {
            assertThat(ring.answer("direct:order", i).getException()).isNull();
        }
        assertThat(ring.cluster.waiting()).isEqualTo(5000);
        assertThat(done).hasSize(5000);

        ring.advance(Duration.ofHours(1));
        assertThat(done).hasSize(10_000);
        assertThat(ring.sagas()).hasSize(5000).allMatch(saga -> saga.status() == SagaStatus.COMPENSATED);
    }

    @Test
    void compensatesASagaThatRanOutOfTimeOnce() throws Exception {
        start(routes -> routes.from("direct:order")
                .saga()
                .completionMode(SagaCompletionMode.MANUAL)
                .timeout(Duration.ofSeconds(5))
                .to("direct:reserve"));

        ring.answer("direct:order", "A");
        ring.advance(Duration.ofMillis(4999));
        assertThat(done).containsExactly("reserve A");
        ring.advance(Duration.ofMinutes(1));

        assertThat(done).containsExactly("reserve A", "undo reserve A");
        ends(SagaStatus.COMPENSATED);
        assertThat(ring.events(ring.saga().sagaId()))
                .filteredOn(SagaEvent.Timeout.class::isInstance)
                .hasSize(1);
    }

    @Test
    void hasNoTimeoutOnceItHasEnded() throws Exception {
        start(routes -> routes.from("direct:order")
                .saga()
                .timeout(Duration.ofSeconds(5))
                .to("direct:reserve"));

        ring.answer("direct:order", "A");
        ring.advance(Duration.ofMinutes(1));

        assertThat(done).containsExactly("reserve A", "finish reserve A");
        ends(SagaStatus.COMPLETED);
    }

    @Test
    void goesOnWhenTheRouteOfAnotherSagaIsStopped() throws Exception {
        start(routes -> {
            routes.from("direct:other").routeId("other").saga().to("direct:reserve");
            routes.from("direct:order")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .timeout(Duration.ofMinutes(1))
                    .to("direct:reserve");
        });
        ring.answer("direct:order", "A");

        ring.context.getRouteController().stopRoute("other");
        ring.answer("direct:order", "B");
        ring.advance(Duration.ofMinutes(1));

        assertThat(done).containsExactly("reserve A", "reserve B", "undo reserve A", "undo reserve B");
        ring.context.getRouteController().startRoute("other");
        assertThat(ring.answer("direct:other", "C").getException()).isNull();
    }

    // -- branches ---------------------------------------------------------------------------------------------------

    /** Works for a while without a thread. */
    private AsyncProcessorSupport working(Duration time, String what) {
        return new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                done.add(what + " begins");
                ring.member.instance.schedule(time, () -> {
                    done.add(what + " works");
                    callback.done(false);
                });
                return false;
            }
        };
    }

    private void startBranches(Duration work) throws Exception {
        start(routes -> {
            routes.from("direct:slow")
                    .routeId("slow")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo")
                    .option("what", routes.constant("slow"))
                    .process(working(work, "slow"));
            routes.from("direct:quick-to-fail")
                    .process(working(Duration.ofSeconds(1), "quick"))
                    .to("direct:fail");
            routes.from("direct:order")
                    .saga()
                    .multicast()
                    .parallelProcessing()
                    .stopOnException()
                    .to("direct:slow", "direct:quick-to-fail");
        });
    }

    @Test
    void waitsForABranchThatStillWorksBeforeItCompensatesIt() throws Exception {
        startBranches(Duration.ofSeconds(5));

        CompletableFuture<Exchange> sent = ring.send("direct:order", "A");
        ring.advance(Duration.ofSeconds(4));
        assertThat(done).containsExactlyInAnyOrder("slow begins", "quick begins", "quick works");
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATING);
        ring.advance(Duration.ofSeconds(1));

        assertThat(done).endsWith("slow works", "undo slow null");
        assertThat(sent.join().getException()).isNotNull();
        ends(SagaStatus.COMPENSATED);
    }

    @Test
    void waitsForABranchNoLongerThanItsPatience() throws Exception {
        startBranches(Duration.ofHours(1));

        CompletableFuture<Exchange> sent = ring.send("direct:order", "A");
        ring.advance(Duration.ofSeconds(1).plus(Cluster.PATIENCE));

        assertThat(done).endsWith("undo slow null");
        assertThat(sent).isDone();
        ends(SagaStatus.COMPENSATED);
        ring.advance(Duration.ofHours(1));
    }

    @Test
    void letsABranchBeginNoStepOnceItCompensates() throws Exception {
        start(routes -> {
            routes.from("direct:late")
                    .process(working(Duration.ofSeconds(2), "late"))
                    .to("direct:reserve");
            routes.from("direct:quick-to-fail").to("direct:fail");
            routes.from("direct:order")
                    .saga()
                    .multicast()
                    .parallelProcessing()
                    .stopOnException()
                    .to("direct:late", "direct:quick-to-fail");
        });

        CompletableFuture<Exchange> sent = ring.send("direct:order", "A");
        ring.advance(Duration.ofMinutes(1));

        assertThat(done).containsExactly("late begins", "late works");
        assertThat(sent.join().getException()).isNotNull();
        ends(SagaStatus.COMPENSATED);
    }

    // -- who may join -----------------------------------------------------------------------------------------------

    /** Of what has the form of an id, the log is asked. */
    private void refuses(String endpoint, String longRunningAction) {
        refuses(
                endpoint,
                longRunningAction,
                SagaId.isValid(longRunningAction)
                        ? "Saga %s does not let a step in: it has ended, or is not known".formatted(longRunningAction)
                        : "Cannot begin: ");
    }

    private void refuses(String endpoint, String longRunningAction, String reason) {
        Exchange exchange = ring.answer(endpoint, "A", Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, longRunningAction));
        assertThat(exchange.getException())
                .as("%s with %s", endpoint, longRunningAction)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(reason);
    }

    @Test
    void refusesASagaThatItDoesNotKnow() throws Exception {
        start(routes -> {
            routes.from("direct:required").saga().compensation("direct:undo").process(exchange -> done.add("required"));
            routes.from("direct:supports")
                    .saga()
                    .propagation(SagaPropagation.SUPPORTS)
                    .compensation("direct:undo")
                    .process(exchange -> done.add("supports"));
            routes.from("direct:not-supported")
                    .saga()
                    .propagation(SagaPropagation.NOT_SUPPORTED)
                    .process(exchange ->
                            done.add("not supported " + exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION)));
        });

        for (String id : List.of(
                "order-1", "http://evil.example/lra-coordinator/order-1?x=y", "", "no saga id", "http://evil/")) {
            refuses("direct:required", id);
            refuses("direct:reserve", id);
            refuses("direct:supports", id);
        }
        assertThat(done).isEmpty();

        Exchange without =
                ring.answer("direct:not-supported", "A", Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, "order-1"));
        assertThat(without.getException()).isNull();
        assertThat(done).containsExactly("not supported null");
        assertThat(ring.cluster.state(new SagaId("order-1")).status()).isEqualTo(SagaStatus.INITIAL);
    }

    @Test
    void refusesASagaThatHasEnded() throws Exception {
        start(routes -> {
            routes.from("direct:order").saga().to("direct:reserve");
            routes.from("direct:join").saga().compensation("direct:undo").process(exchange -> done.add("joined"));
        });
        ring.answer("direct:order", "A");

        refuses("direct:join", ring.saga().sagaId().value());
        refuses("direct:reserve", ring.saga().sagaId().value());

        assertThat(done).containsExactly("reserve A", "finish reserve A");
        ends(SagaStatus.COMPLETED);
    }

    @Test
    void endsNoSagaThatNobodyKnows() throws Exception {
        start(routes -> {
            routes.from("direct:complete").to("saga:complete");
            routes.from("direct:compensate").to("saga:compensate");
        });

        for (String endpoint : List.of("direct:complete", "direct:compensate")) {
            Exchange exchange = ring.answer(endpoint, "A", Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, "order-1"));
            assertThat(exchange.getException()).isNull();
        }
        assertThat(ring.cluster.state(new SagaId("order-1")).status()).isEqualTo(SagaStatus.INITIAL);
        assertThat(ring.cluster.log.entries(new SagaId("order-1")))
                .extracting(entry -> entry.event().type())
                .containsExactly("REQUEST", "REQUEST");
    }

    @Test
    void keepsAMessageInItsSagaWhoseRouteRemovesAllHeaders() throws Exception {
        start(routes -> {
            routes.from("direct:order")
                    .saga()
                    .to("direct:reserve")
                    .removeHeaders("*")
                    .to("direct:pay");
            routes.from("direct:gives-up")
                    .saga()
                    .to("direct:reserve")
                    .removeHeaders("*")
                    .to("saga:compensate");
        });

        assertThat(ring.answer("direct:order", "A").getException()).isNull();
        assertThat(done).containsExactly("reserve A", "pay A", "finish reserve A");
        ends(SagaStatus.COMPLETED);

        ring.answer("direct:gives-up", "B");
        assertThat(done).endsWith("reserve B", "undo reserve B");
    }

    // -- by hand ----------------------------------------------------------------------------------------------------

    private void startManual() throws Exception {
        start(routes -> {
            routes.from("direct:order")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("direct:reserve");
            routes.from("direct:broken")
                    .saga()
                    .completionMode(SagaCompletionMode.MANUAL)
                    .to("direct:reserve")
                    .to("direct:fail");
            routes.from("direct:complete").to("saga:complete");
            routes.from("direct:compensate").to("saga:compensate");
        });
    }

    private Exchange end(String endpoint) {
        return ring.answer(
                endpoint,
                null,
                Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, ring.saga().sagaId().value()));
    }

    @Test
    void endsASagaInManualModeOnlyWhenAsked() throws Exception {
        startManual();
        ring.answer("direct:order", "A");
        ends(SagaStatus.EXECUTING);

        assertThat(end("direct:complete").getException()).isNull();

        assertThat(done).containsExactly("reserve A", "finish reserve A");
        ends(SagaStatus.COMPLETED);
    }

    @Test
    void compensatesASagaInManualModeWhenAsked() throws Exception {
        startManual();
        assertThat(ring.answer("direct:broken", "A").getException()).hasMessage(DECLINED);
        ends(SagaStatus.EXECUTING);

        assertThat(end("direct:compensate").getException()).isNull();

        assertThat(done).containsExactly("reserve A", "undo reserve A");
        ends(SagaStatus.COMPENSATED);
    }

    @Test
    void letsTheFirstEndStandThatIsAskedFor() throws Exception {
        startManual();
        ring.answer("direct:order", "A");
        end("direct:compensate");

        assertThat(end("direct:complete").getException()).isNull();

        assertThat(done).containsExactly("reserve A", "undo reserve A");
        ends(SagaStatus.COMPENSATED);
    }

    @Test
    void endsOnceWhenTheRouteEndsItItself() throws Exception {
        start(routes -> {
            routes.from("direct:order")
                    .onException(IllegalStateException.class)
                    .handled(true)
                    .to("saga:compensate")
                    .end()
                    .saga()
                    .to("direct:reserve")
                    .process(exchange -> {
                        throw new IllegalStateException(DECLINED);
                    });
        });

        assertThat(ring.answer("direct:order", "A").getException()).isNull();

        assertThat(done).containsExactly("reserve A", "undo reserve A");
        ends(SagaStatus.COMPENSATED);
    }

    // -- nothing is thrown at the EIP -------------------------------------------------------------------------------

    @Test
    void tellsByItsFuturesWhatGoesWrong() throws Exception {
        start(routes -> {});
        Function<String, CamelSagaCoordinator> coordinator = id -> {
            List<CamelSagaCoordinator> found = new ArrayList<>();
            ring.member.sagas.getSaga(id).thenAccept(found::add);
            ring.world.run();
            return found.get(0);
        };
        CamelSagaStep step = new CamelSagaStep(
                null,
                null,
                Map.of("x", new ExpressionAdapter() {
                    @Override
                    public Object evaluate(Exchange exchange) {
                        throw new IllegalStateException("no such option");
                    }
                }),
                null);
        Exchange exchange = new DefaultExchange(ring.context);
        exchange.getIn().setBody(new Object());

        assertThatCode(() -> {
                    assertThat(ring.member.sagas.newSaga(exchange)).isCompletedExceptionally();
                    assertThat(ring.member.sagas.newSaga(null)).isCompletedExceptionally();
                    assertThat(coordinator.apply("order-1").beginStep(exchange, step))
                            .isCompletedExceptionally();
                    for (String id : List.of("", "no saga id", "a/b/../c?d")) {
                        assertThat(coordinator.apply(id).beginStep(exchange, step))
                                .isCompletedExceptionally();
                        assertThat(coordinator.apply(id).complete(exchange)).isCompletedExceptionally();
                        assertThat(coordinator.apply(id).compensate(exchange)).isCompletedExceptionally();
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void compensatesWhenAnOptionCannotBeEvaluated() throws Exception {
        start(routes -> {
            routes.from("direct:broken-step")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo")
                    .option("x", routes.simple("${body.noSuchMethod}"))
                    .process(exchange -> done.add("never"));
            routes.from("direct:order").saga().to("direct:reserve").to("direct:broken-step");
        });

        assertThat(ring.answer("direct:order", "A").getException()).isNotNull();

        assertThat(done).containsExactly("reserve A", "undo reserve A");
        ends(SagaStatus.COMPENSATED);
        assertThat(ring.saga().steps()).extracting(StepState::step).containsExactly(new Step("RESERVE", 1));
    }

    @Test
    void endsEachOfManySagasAtOnceAsItShould() throws Exception {
        start(routes -> routes.from("direct:order")
                .saga()
                .to("direct:reserve")
                .choice()
                .when(routes.simple("${body} range '0..499'"))
                .to("direct:fail")
                .end());

        List<CompletableFuture<Exchange>> sent = IntStream.range(0, 1000)
                .mapToObj(i -> ring.send("direct:order", i))
                .toList();

        assertThat(sent).allMatch(CompletableFuture::isDone);
        assertThat(ring.sagas())
                .filteredOn(saga -> saga.status() == SagaStatus.COMPENSATED)
                .hasSize(500);
    }
}
