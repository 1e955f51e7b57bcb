package dev.caravan.saga.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.StepStatus;
import dev.caravan.saga.camel.StepTimedOutException;
import dev.caravan.saga.participant.StepRejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A purchase that somebody has to approve, within two days. */
class AwaitTest {

    private static final Duration TWO_DAYS = Duration.ofDays(2);

    private final List<Object> bought = new ArrayList<>();
    private final SagaScenario purchase = SagaScenario.of(context -> context.addRoutes(new Purchase()));

    private final class Purchase extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:purchase")
                    .routeId("purchase")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:reserve")
                    .to("saga-await:approval?timeout=49h&reminder=24h")
                    .to("direct:buy")
                    .process(exchange -> bought.add(exchange.getMessage().getBody()));
            from("direct:reserve")
                    .routeId("reserve")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:release")
                    .to("saga-command:budget/Reserve");
            from("direct:release").routeId("release").to("saga-command:budget/Release");
            from("direct:buy")
                    .routeId("buy")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .setProperty("approved", body())
                    .to("saga-command:shop/Buy?timeout=100h")
                    .setBody(exchangeProperty("approved"));
            from("direct:lenient")
                    .routeId("lenient")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:reserve")
                    .doTry()
                    .to("saga-await:approval?timeout=48h")
                    .doCatch(StepTimedOutException.class)
                    .setBody(constant("nobody said no"))
                    .doCatch(StepRejectedException.class)
                    .setBody(simple("${exception.code}"))
                    .end()
                    .to("saga-await:approval?timeout=48h")
                    .process(exchange -> bought.add(exchange.getMessage().getBody()));
        }
    }

    @AfterEach
    void close() {
        purchase.close();
    }

    private SagaScenario started() {
        return purchase.start("direct:purchase", Map.of("what", "a desk"));
    }

    @Test
    void goesOnWithTheAnswerAfterTwoDays() {
        started().advance(TWO_DAYS);
        assertThat(purchase.exchangesInMemory()).isZero();
        assertThat(purchase.expect().state().awaiting()).singleElement().satisfies(step -> {
            assertThat(step.awaiting().since()).isEqualTo(World.BEGIN);
            assertThat(step.awaiting().deadline()).isEqualTo(World.BEGIN.plus(Duration.ofHours(49)));
        });

        purchase.answer("APPROVAL", Map.of("approvedBy", "Ann"));

        purchase.expect().completed().actions("Reserve", "Buy").step("APPROVAL", StepStatus.SUCCEEDED);
        assertThat(bought).containsExactly(Map.of("approvedBy", "Ann"));
    }

    @Test
    void leavesTheMessageAsItIsWithoutABody() {
        purchase.given("Reserve").succeedsWith(Map.of("what", "a desk"));
        started().answer("APPROVAL", null);

        purchase.expect().completed();
        assertThat(bought).containsExactly(Map.of("what", "a desk"));
    }

    @Test
    void goesOnAfterTwoCrashes() {
        started().kill().recover().advance(TWO_DAYS).kill().recover();
        assertThat(purchase.exchangesInMemory()).isZero();

        purchase.answer("APPROVAL", Map.of("approvedBy", "Ann"));

        purchase.expect().completed().actions("Reserve", "Buy");
        assertThat(bought).containsExactly(Map.of("approvedBy", "Ann"));
    }

    @Test
    void goesOnWhenItsInstanceDiesWhileItIsAnswered() {
        for (boolean happens : new boolean[] {true, false}) {
            for (int act = 0; act < 4; act++) {
                bought.clear();
                purchase.another();
                started();
                if (happens) {
                    purchase.dieAfter(act);
                } else {
                    purchase.dieBefore(act);
                }
                purchase.answer("APPROVAL", Map.of("approvedBy", "Ann")).kill().recover();
                if (!purchase.expect().state().awaiting().isEmpty()) {
                    purchase.answer("APPROVAL", Map.of("approvedBy", "Ann"));
                }

                purchase.expect().completed().actions("Reserve", "Buy");
                assertThat(bought).contains(Map.of("approvedBy", "Ann"));
            }
        }
    }

    @Test
    void isUndoneWhenNobodyAnswersInTime() {
        started().advance(Duration.ofHours(49));

        purchase.expect()
                .compensated()
                .actions("Reserve")
                .compensations("Release")
                .step("APPROVAL", StepStatus.REJECTED);
    }

    @Test
    void isUndoneInTimeAlsoWhenItWasDown() {
        started().kill().advance(Duration.ofHours(50)).recover();

        purchase.expect().compensated().compensations("Release");
    }

    @Test
    void isUndoneByANo() {
        started().refuse("APPROVAL", "TOO_EXPENSIVE");

        purchase.expect()
                .compensated()
                .actions("Reserve")
                .compensations("Release")
                .reason("TOO_EXPENSIVE");
    }

    @Test
    void takesTheFirstAnswer() {
        started().answer("APPROVAL", Map.of("approvedBy", "Ann"));

        assertThatThrownBy(() -> purchase.refuse("APPROVAL", "TOO_EXPENSIVE"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
        purchase.expect().completed();
    }

    @Test
    void refusesAnAnswerToAStepThatDoesNotWait() {
        started();

        assertThatThrownBy(() -> purchase.answer("RESERVE", null)).hasMessageContaining("does not wait");
        assertThatThrownBy(() -> purchase.answer("NONE", null)).hasMessageContaining("has no step NONE");
    }

    @Test
    void hasItsDeadlineMoved() {
        started()
                .advance(Duration.ofHours(40))
                .moveDeadline("APPROVAL", Duration.ofHours(48))
                .kill()
                .recover();
        purchase.advance(Duration.ofHours(47));

        purchase.expect().step("APPROVAL", StepStatus.ENLISTED);
        purchase.advance(Duration.ofHours(1));
        purchase.expect().compensated();
    }

    @Test
    void hasItsDeadlineMovedNearer() {
        started().moveDeadline("APPROVAL", Duration.ofHours(1)).advance(Duration.ofHours(1));

        purchase.expect().compensated();
    }

    @Test
    void remindsOnceBeforeTheDeadline() {
        started().advance(Duration.ofHours(24));
        assertThat(purchase.reminders()).isEmpty();

        purchase.advance(Duration.ofHours(1)).kill().recover().advance(Duration.ofHours(1));

        assertThat(purchase.reminders()).containsExactly("APPROVAL");
        purchase.moveDeadline("APPROVAL", Duration.ofHours(30)).advance(Duration.ofHours(6));
        assertThat(purchase.reminders()).containsExactly("APPROVAL", "APPROVAL");
    }

    @Test
    void takesASignalOfItsName() {
        started().signal("other", 1).signal("approval", Map.of("approvedBy", "Bob"));

        purchase.expect().completed();
        assertThat(bought).containsExactly(Map.of("approvedBy", "Bob"));
    }

    @Test
    void takesSignalsThatCameBeforeInTheirOrderAndEachOnce() {
        purchase.given("Reserve").isSilent();
        purchase.start("direct:lenient", Map.of("what", "a desk"));
        purchase.signal("approval", "first").signal("approval", "second").signal("approval", "third");
        purchase.kill();
        purchase.given("Reserve").succeedsWith(Map.of());
        purchase.recover();

        purchase.expect().completed();
        assertThat(bought).containsExactly("second");
        assertThat(purchase.expect().state().signals().waiting()).hasSize(1);
    }

    @Test
    void letsARouteGoOnWithoutAnAnswer() {
        purchase.start("direct:lenient", Map.of("what", "a desk"))
                .advance(TWO_DAYS)
                .kill()
                .recover()
                .answer("APPROVAL#2", null);

        purchase.expect().completed();
        assertThat(bought).containsExactly("nobody said no");
    }

    @Test
    void letsARouteGoOnAfterANo() {
        purchase.start("direct:lenient", Map.of("what", "a desk"))
                .refuse("APPROVAL", "NOT_ME")
                .kill()
                .recover()
                .answer("APPROVAL#2", null);

        purchase.expect().completed();
        assertThat(bought).containsExactly("NOT_ME");
    }

    @Test
    void awaitsACommandThatIsAnsweredAfterDays() {
        purchase.given("Buy").isSilent();
        started().answer("APPROVAL", null).advance(TWO_DAYS);

        purchase.expect().step("BUY", StepStatus.ENLISTED);
        assertThat(purchase.expect().state().awaiting())
                .singleElement()
                .satisfies(step -> assertThat(step.awaiting().service()).isEqualTo("shop"));
        purchase.answer("BUY", Map.of("bought", true));

        purchase.expect().completed().actions("Reserve", "Buy");
    }
}
