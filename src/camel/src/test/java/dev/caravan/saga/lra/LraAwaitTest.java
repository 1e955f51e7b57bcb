package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaAnswers.Answer;
import dev.caravan.saga.engine.SagaAnswers.By;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A step waits for a person, in mode {@code lra}. */
class LraAwaitTest {

    private static final SagaId ID = new SagaId("lra-1");
    private static final Step APPROVAL = new Step("APPROVAL", 1);
    private static final Duration TWO_DAYS = Duration.ofDays(2);

    private final List<Object> bought = new CopyOnWriteArrayList<>();
    private final List<SagaLogEntry> entries = new CopyOnWriteArrayList<>();
    private LraRing ring;
    private OwnedPartitions partitions;
    private StartedSaga started;

    private final class Purchase extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:purchase")
                    .routeId("purchase")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:budget")
                    .to("saga-await:approval?timeout=49h")
                    .process(exchange -> bought.add(exchange.getMessage().getBody()));
            from("direct:budget")
                    .routeId("budget")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:release")
                    .to("saga-command:shop/Reserve");
            from("direct:release").routeId("release").to("saga-command:shop/Release");
        }
    }

    @BeforeEach
    void waits() throws Exception {
        ring = new LraRing(new Purchase());
        List.of("Reserve", "Release").forEach(command -> ring.participants.succeed(command, "{}"));
        partitions = ring.ownership.ownPartitions(ring.host);
        partitions.gained(0, 0, 0);
        ring.log.follow(entry -> {
            entries.add(entry);
            partitions.read(0, entries.size() - 1, entry);
        });
        started = ring.start("direct:purchase");
        await().until(() -> ring.events(ID).contains("STEP_AWAITS"));
        await().until(() -> ring.context.getInflightRepository().size() == 0);
    }

    @AfterEach
    void stops() {
        ring.close();
    }

    private void movesAndComesBack(int times) {
        for (int i = 1; i <= times; i++) {
            int resumed = i;
            partitions.lost(0);
            partitions.gained(0, 0, entries.size());
            List.copyOf(entries).forEach(entry -> partitions.read(0, entries.indexOf(entry), entry));
            await().until(() ->
                    ring.events(ID).stream().filter("RESUME"::equals).count() == resumed);
        }
    }

    private SagaState ended() {
        await().until(() -> ring.host.read(ID).status().isTerminal());
        return ring.host.read(ID);
    }

    @Test
    void goesOnWithTheAnswerAfterTwoMovesAndTwoDays() {
        movesAndComesBack(2);
        ring.timers.advance(TWO_DAYS);
        assertThat(ring.host.read(ID).status()).isEqualTo(SagaStatus.EXECUTING);

        ring.answers.answer(ID, APPROVAL, Answer.yes(TextNode.valueOf("yes")), new By("ann", "within the budget"));

        assertThat(ended().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(bought).containsExactly("yes");
        assertThat(ring.events(ID)).containsOnlyOnce("STEP_AWAITS", "STEP_ANSWERED", "COMPLETE");
    }

    @Test
    void isUndoneByANo() {
        ring.answers.answer(ID, APPROVAL, Answer.no("TOO_EXPENSIVE", null), By.NOBODY);

        assertThat(ended().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(ring.participants.commands()).containsExactly("Reserve", "Release");
    }

    @Test
    void isUndoneWhenNobodyAnswersInTime() {
        ring.timers.advance(Duration.ofHours(49));

        assertThat(ended().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(bought).isEmpty();
    }

    /** Whoever does not run the saga asks in its log. */
    @Test
    void takesWhatWasAskedInItsLog() {
        ring.host
                .requests()
                .ask(ID, new Awaits.Signal("approval", "1", TextNode.valueOf("yes"), null, null, null, null));

        assertThat(ended().status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(bought).containsExactly("yes");
    }
}
