package dev.caravan.saga.participant;

import static dev.caravan.saga.participant.Inbox.Effect.EXTERNAL;
import static dev.caravan.saga.participant.Inbox.Effect.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the inbox promises on any database. The business is one row of stock: an action takes one item, a compensation
 * gives one back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JdbcInboxContract {

    private static final String SCHEMA = "inventory";
    private static final int STOCK = 1000;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final TextNode RESULT = new TextNode("reserved");

    private final AtomicReference<Instant> now = new AtomicReference<>();
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final AtomicInteger runs = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final List<HikariDataSource> pools = new ArrayList<>();

    private Instance here;
    private Instance there;
    private JdbcTemplate jdbc;
    private SagaId saga;

    abstract DataSource database() throws Exception;

    /** Makes it the current schema. */
    abstract String useSchema(String schema);

    /** Ends a wait for a lock after so long. */
    abstract String lockTimeout(long milliseconds);

    @BeforeAll
    void createsTables() throws Exception {
        DataSource database = database();
        here = new Instance(pool(database, "SELECT 1"));
        there = new Instance(pool(database, "SELECT 1"));
        jdbc = here.jdbc;
        jdbc.execute("CREATE SCHEMA " + SCHEMA);
        jdbc.execute("CREATE TABLE stock (product VARCHAR(20) PRIMARY KEY, amount INT NOT NULL)");
        DataSource inSchema = pool(database, useSchema(SCHEMA));
        ResourceDatabasePopulator script =
                new ResourceDatabasePopulator(new ClassPathResource("caravan/inbox/R__saga_inbox.sql"));
        script.execute(inSchema);
        script.execute(inSchema);
    }

    @BeforeEach
    void fillsTheStock() {
        now.set(Instant.parse("2030-01-01T00:00:00.123456789Z"));
        runs.set(0);
        saga = new SagaId("saga-" + UUID.randomUUID());
        jdbc.update("DELETE FROM inventory.saga_inbox");
        jdbc.update("DELETE FROM stock");
        jdbc.update("INSERT INTO stock VALUES ('apple', ?)", STOCK);
    }

    @AfterEach
    void leavesNothingOpen() {
        for (HikariDataSource each : pools) {
            assertThat(each.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    @AfterAll
    void closesConnections() {
        threads.shutdownNow();
        pools.forEach(HikariDataSource::close);
    }

    // Actions in the same database

    @Test
    void runsAnActionOnceAndAnswersADuplicateFromTheRecord() throws Exception {
        SagaReply first = here.inbox.handle(reserve(), LOCAL, here::take);
        SagaReply duplicate = there.inbox.handle(reserve(), LOCAL, there::take);

        assertThat(first).isEqualTo(SagaReply.success(reserve(), RESULT));
        assertThat(duplicate).isEqualTo(first);
        assertThat(stock()).isEqualTo(STOCK - 1);
        assertThat(runs).hasValue(1);
        assertThat(state()).isEqualTo("DONE");
    }

    @Test
    void keepsStepsAndTheirOccurrencesApart() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::take);
        SagaCommand second = new SagaCommand(
                saga, new Step("RESERVE_INVENTORY", 2), "inventory-service", "ReserveInventory", null, Phase.ACTION);
        here.inbox.handle(second, LOCAL, here::take);

        assertThat(stock()).isEqualTo(STOCK - 2);
    }

    @Test
    void undoesTheOccurrenceOfAStepThatIsToBeUndone() throws Exception {
        Step second = new Step("RESERVE_INVENTORY", 2);
        here.inbox.handle(reserve(), LOCAL, here::take);
        here.inbox.handle(at(second, reserve()), LOCAL, here::take);

        here.inbox.handle(at(second, release()), LOCAL, here::giveBack);
        here.inbox.handle(at(second, release()), LOCAL, here::giveBack);

        assertThat(stock()).isEqualTo(STOCK - 1);
        assertThat(here.inbox.handle(at(second, more()), LOCAL, here::take).code())
                .isEqualTo(Inbox.ALREADY_COMPENSATED);
        assertThat(here.inbox.handle(more(), LOCAL, here::take)).isEqualTo(SagaReply.success(more(), RESULT));
    }

    @Test
    void undoesNothingOfAStepWhoseNameOnlyBeginsAlike() throws Exception {
        Step other = new Step("RESERVE_INVENTORY_LATER", 1);
        Step second = new Step("RESERVE_INVENTORY", 2);
        here.inbox.handle(reserve(), LOCAL, here::takeAndReject);
        for (Step alike : List.of(other, second)) {
            here.inbox.handle(at(alike, reserve()), LOCAL, here::take);
            here.inbox.handle(at(alike, more()), LOCAL, here::take);
        }

        assertThat(here.inbox.handle(release(), LOCAL, here::giveBack).result()).isNull();
        assertThat(stock()).isEqualTo(STOCK - 4);
    }

    private static SagaCommand at(Step step, SagaCommand command) {
        return new SagaCommand(
                command.sagaId(), step, command.service(), command.command(), command.data(), command.phase());
    }

    @Test
    void leavesNothingOfAnActionInTroubleAndRunsItAgain() throws Exception {
        assertThatThrownBy(() -> here.inbox.handle(reserve(), LOCAL, () -> {
                    here.take();
                    throw new IOException("disk");
                }))
                .isInstanceOf(IOException.class);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(state()).isNull();

        assertThat(here.inbox.handle(reserve(), LOCAL, here::take)).isEqualTo(SagaReply.success(reserve(), RESULT));
        assertThat(stock()).isEqualTo(STOCK - 1);
    }

    @Test
    void leavesNothingOfAnActionThatEndsInAnError() {
        assertThatThrownBy(() -> here.inbox.handle(reserve(), LOCAL, () -> {
                    here.take();
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(state()).isNull();
    }

    @Test
    void rollsARejectedActionBackAndRecordsTheRejection() throws Exception {
        SagaReply first = here.inbox.handle(reserve(), LOCAL, here::takeAndReject);
        SagaReply duplicate = here.inbox.handle(reserve(), LOCAL, here::take);

        assertThat(first).isEqualTo(SagaReply.rejected(reserve(), "OUT_OF_STOCK", "No apples"));
        assertThat(duplicate).isEqualTo(first);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(state()).isEqualTo("REJECTED");
    }

    @Test
    void findsARejectionAnywhereInTheChainOfCauses() throws Exception {
        SagaReply reply = here.inbox.handle(reserve(), LOCAL, () -> {
            try {
                return here.takeAndReject();
            } catch (StepRejectedException e) {
                throw new Exception("outer", new IllegalStateException("inner", e));
            }
        });

        assertThat(reply).isEqualTo(SagaReply.rejected(reserve(), "OUT_OF_STOCK", "No apples"));
    }

    @Test
    void recordsARejectionFromABeanThatTakesPartInTheTransaction() throws Exception {
        TransactionTemplate bean = new TransactionTemplate(here.transactions);

        SagaReply reply = here.inbox.handle(reserve(), LOCAL, () -> bean.execute(status -> here.takeAndReject()));

        assertThat(reply).isEqualTo(SagaReply.rejected(reserve(), "OUT_OF_STOCK", "No apples"));
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(state()).isEqualTo("REJECTED");
    }

    @Test
    void recordsNothingWhenABeanHasMarkedTheTransactionForRollback() {
        TransactionTemplate bean = new TransactionTemplate(here.transactions);

        assertThatThrownBy(() -> here.inbox.handle(
                        reserve(),
                        LOCAL,
                        () -> bean.execute(status -> {
                            status.setRollbackOnly();
                            return here.take();
                        })))
                .isInstanceOf(UnexpectedRollbackException.class);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(state()).isNull();
    }

    @Test
    void refusesACallerThatIsInATransaction() {
        new TransactionTemplate(here.transactions).executeWithoutResult(status -> assertThatIllegalStateException()
                .isThrownBy(() -> here.inbox.handle(reserve(), LOCAL, here::take))
                .withMessageContaining("outside of any transaction"));
        assertThat(runs).hasValue(0);
    }

    // What is held

    @Test
    void tellsWhatItHoldsOfAStepAndChangesNothing() throws Exception {
        Step step = reserve().step();
        assertThat(there.inbox.held(saga, step)).isEqualTo(Held.NOTHING);
        assertThat(state()).isNull();

        here.inbox.handle(reserve(), LOCAL, here::take);
        assertThat(there.inbox.held(saga, step))
                .isEqualTo(new Held("DONE", "ReserveInventory", SagaReply.success(reserve(), RESULT), null));

        here.inbox.handle(release(), LOCAL, here::giveBack);
        assertThat(there.inbox.held(saga, step))
                .isEqualTo(new Held(
                        "COMPENSATED", "ReserveInventory", SagaReply.success(reserve(), RESULT), "ReleaseInventory"));
        assertThat(runs).hasValue(2);
    }

    @Test
    void tellsOfARejectionAndOfACompensationThatCameFirst() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::takeAndReject);
        Held rejected = here.inbox.held(saga, reserve().step());
        assertThat(rejected.state()).isEqualTo("REJECTED");
        assertThat(rejected.reply()).isEqualTo(SagaReply.rejected(reserve(), "OUT_OF_STOCK", "No apples"));

        saga = new SagaId("barred-" + UUID.randomUUID());
        here.inbox.handle(release(), LOCAL, here::giveBack);
        assertThat(here.inbox.held(saga, reserve().step()))
                .isEqualTo(new Held("BARRED", null, null, "ReleaseInventory"));
    }

    @Test
    void tellsOfWhatIsAtWorkWithoutWaitingForIt() throws Exception {
        here.inbox.handle(reserve(), EXTERNAL, () -> {
            assertThat(there.inbox.held(saga, reserve().step()).state()).isEqualTo("AT_WORK");
            now.set(now.get().plus(LIMIT));
            assertThat(there.inbox.held(saga, reserve().step()).state()).isEqualTo("STARTED");
            return here.take();
        });
        here.inbox.handle(more(), LOCAL, () -> {
            assertThat(there.inbox.held(saga, reserve().step()).state()).isEqualTo("DONE");
            return here.take();
        });
    }

    @Test
    void tellsOfTheActionOfSeveralThatCameFarthest() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::takeAndReject);
        here.inbox.handle(more(), LOCAL, here::take);

        Held held = there.inbox.held(saga, reserve().step());

        assertThat(held).isEqualTo(new Held("DONE", "ReserveMore", SagaReply.success(more(), RESULT), null));
    }

    // Several commands of one step

    private SagaCommand more() {
        return command("ReserveMore", Phase.ACTION);
    }

    @Test
    void doesEachActionOfAStepOnce() throws Exception {
        for (Inbox.Effect effect : Inbox.Effect.values()) {
            saga = new SagaId("two-actions-" + effect);
            fillsTheStockOnly();
            here.inbox.handle(reserve(), effect, here::take);

            SagaReply second = here.inbox.handle(more(), effect, here::take);
            SagaReply duplicate = there.inbox.handle(more(), effect, there::take);

            assertThat(second).isEqualTo(SagaReply.success(more(), RESULT));
            assertThat(duplicate).isEqualTo(second);
            assertThat(here.inbox.handle(reserve(), effect, here::take))
                    .isEqualTo(SagaReply.success(reserve(), RESULT));
            assertThat(stock()).isEqualTo(STOCK - 2);
        }
    }

    @Test
    void barsEveryActionOfAStepOnceItsCompensationHasBegun() throws Exception {
        for (Inbox.Effect effect : Inbox.Effect.values()) {
            saga = new SagaId("barred-" + effect);
            fillsTheStockOnly();
            here.inbox.handle(reserve(), effect, here::take);
            here.inbox.handle(release(), effect, here::giveBack);

            assertThat(here.inbox.handle(more(), effect, here::take).code()).isEqualTo(Inbox.ALREADY_COMPENSATED);
            assertThat(stock()).isEqualTo(STOCK);
        }
    }

    @Test
    void undoesAStepOfWhichOneActionWasRejectedAndAnotherDone() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::takeAndReject);
        here.inbox.handle(more(), LOCAL, here::take);

        assertThat(here.inbox.handle(release(), LOCAL, here::giveBack).result()).isEqualTo(new TextNode("released"));
        assertThat(stock()).isEqualTo(STOCK);
    }

    @Test
    void rejectsTheSecondActionOfAStepOnce() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::take);

        SagaReply rejected = here.inbox.handle(more(), LOCAL, here::takeAndReject);

        assertThat(rejected.isRejection()).isTrue();
        assertThat(here.inbox.handle(more(), LOCAL, here::take)).isEqualTo(rejected);
        assertThat(stock()).isEqualTo(STOCK - 1);
    }

    @Test
    void letsACompensationWaitForTheSecondActionAtWork() throws Exception {
        here.inbox.handle(reserve(), EXTERNAL, here::take);
        here.inbox.handle(more(), EXTERNAL, () -> {
            assertThatThrownBy(() -> there.inbox.handle(release(), LOCAL, there::giveBack))
                    .isInstanceOf(StepAtWorkException.class)
                    .hasMessageContaining("ReserveMore of step RESERVE_INVENTORY");
            return here.take();
        });

        there.inbox.handle(release(), LOCAL, there::giveBack);

        assertThat(here.inbox.handle(more(), EXTERNAL, here::take)).isEqualTo(SagaReply.success(more(), RESULT));
        assertThat(stock()).isEqualTo(STOCK - 1);
    }

    @Test
    void doesEachCompensationAndCompletionOfAStepOnce() throws Exception {
        for (Phase phase : List.of(Phase.COMPENSATION, Phase.COMPLETION)) {
            for (Inbox.Effect effect : Inbox.Effect.values()) {
                saga = new SagaId("endings-" + phase + effect);
                runs.set(0);
                here.inbox.handle(reserve(), LOCAL, here::take);
                here.inbox.handle(command("One", phase), effect, this::count);

                SagaReply second = here.inbox.handle(command("Another", phase), effect, this::count);
                SagaReply duplicate = there.inbox.handle(command("Another", phase), effect, this::count);

                assertThat(second).isEqualTo(SagaReply.success(command("Another", phase), null));
                assertThat(duplicate).isEqualTo(second);
                assertThat(here.inbox
                                .handle(command("One", phase), effect, this::count)
                                .command())
                        .isEqualTo("One");
                assertThat(runs).hasValue(3);
            }
        }
    }

    @Test
    void hasNothingToUndoForAnyCompensationThatComesFirst() throws Exception {
        here.inbox.handle(release(), LOCAL, here::giveBack);

        SagaReply second = here.inbox.handle(command("ReleaseMore", Phase.COMPENSATION), LOCAL, here::giveBack);

        assertThat(second.status()).isEqualTo(SagaReply.Status.SUCCESS);
        assertThat(here.inbox.handle(more(), LOCAL, here::take).code()).isEqualTo(Inbox.ALREADY_COMPENSATED);
        assertThat(runs).hasValue(0);
    }

    /** Rows that were written when a step had one action. */
    @Test
    void keepsToTheRowsOfBefore() throws Exception {
        jdbc.update(
                "INSERT INTO inventory.saga_inbox (saga_id, step, state, action_command, action_reply, created_at,"
                        + " updated_at) VALUES (?, 'RESERVE_INVENTORY', 'DONE', 'ReserveInventory', ?, NOW(), NOW())",
                saga.value(),
                new String(new MessageCodec().encode(SagaReply.success(reserve(), RESULT)), StandardCharsets.UTF_8));

        assertThat(here.inbox.handle(reserve(), LOCAL, here::take)).isEqualTo(SagaReply.success(reserve(), RESULT));
        assertThat(here.inbox.handle(release(), LOCAL, here::giveBack).status()).isEqualTo(SagaReply.Status.SUCCESS);
        assertThat(runs).hasValue(1);
    }

    private void fillsTheStockOnly() {
        jdbc.update("UPDATE stock SET amount = ?", STOCK);
    }

    // Compensations

    @Test
    void compensatesADoneStepOnce() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::take);

        SagaReply first = here.inbox.handle(release(), LOCAL, here::giveBack);
        SagaReply duplicate = there.inbox.handle(release(), LOCAL, there::giveBack);

        assertThat(first).isEqualTo(SagaReply.success(release(), new TextNode("released")));
        assertThat(duplicate).isEqualTo(first);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(runs).hasValue(2);
        assertThat(state()).isEqualTo("COMPENSATED");
    }

    @Test
    void answersALateDuplicateOfACompensatedActionFromTheRecord() throws Exception {
        SagaReply first = here.inbox.handle(reserve(), LOCAL, here::take);
        here.inbox.handle(release(), LOCAL, here::giveBack);

        assertThat(here.inbox.handle(reserve(), LOCAL, here::take)).isEqualTo(first);
        assertThat(stock()).isEqualTo(STOCK);
    }

    @Test
    void barsTheActionWhenTheCompensationComesFirst() throws Exception {
        SagaReply compensation = here.inbox.handle(release(), LOCAL, here::giveBack);
        SagaReply action = here.inbox.handle(reserve(), LOCAL, here::take);
        SagaReply duplicate = here.inbox.handle(release(), EXTERNAL, here::giveBack);

        assertThat(compensation).isEqualTo(SagaReply.success(release(), null));
        assertThat(action.isRejection()).isTrue();
        assertThat(action.code()).isEqualTo(Inbox.ALREADY_COMPENSATED);
        assertThat(duplicate).isEqualTo(compensation);
        assertThat(runs).hasValue(0);
        assertThat(state()).isEqualTo("BARRED");
    }

    @Test
    void barsAnExternalActionToo() throws Exception {
        here.inbox.handle(release(), EXTERNAL, here::giveBack);

        assertThat(here.inbox.handle(reserve(), EXTERNAL, here::take).code()).isEqualTo(Inbox.ALREADY_COMPENSATED);
        assertThat(runs).hasValue(0);
    }

    @Test
    void hasNothingToUndoOfARejectedAction() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::takeAndReject);

        assertThat(here.inbox.handle(release(), LOCAL, here::giveBack)).isEqualTo(SagaReply.success(release(), null));
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(state()).isEqualTo("REJECTED");
    }

    @Test
    void mayBeAskedAgainForACompensationThatSaidNo() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::take);

        for (Inbox.Effect effect : Inbox.Effect.values()) {
            SagaReply no = here.inbox.handle(release(), effect, () -> {
                throw new StepRejectedException("SHIPPED", "It is on its way");
            });
            assertThat(no).isEqualTo(SagaReply.rejected(release(), "SHIPPED", "It is on its way"));
        }

        assertThat(here.inbox.handle(release(), LOCAL, here::giveBack).status()).isEqualTo(SagaReply.Status.SUCCESS);
        assertThat(stock()).isEqualTo(STOCK);
    }

    @Test
    void leavesNothingOfACompensationInTroubleAndRunsItAgain() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::take);

        assertThatThrownBy(() -> here.inbox.handle(release(), LOCAL, () -> {
                    here.giveBack();
                    throw new IOException("disk");
                }))
                .isInstanceOf(IOException.class);
        assertThat(stock()).isEqualTo(STOCK - 1);

        here.inbox.handle(release(), LOCAL, here::giveBack);
        assertThat(stock()).isEqualTo(STOCK);
    }

    @Test
    void letsTheCompensationSayWhereItsOwnEffectIs() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::take);

        here.inbox.handle(release(), EXTERNAL, () -> {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isFalse();
            assertThat(state()).isEqualTo("COMPENSATING");
            return here.giveBack();
        });
        assertThat(state()).isEqualTo("COMPENSATED");
        assertThat(stock()).isEqualTo(STOCK);
    }

    @Test
    void refusesTheActionOnceAnExternalCompensationHasBegun() throws Exception {
        here.inbox.handle(reserve(), EXTERNAL, here::take);
        AtomicReference<SagaReply> action = new AtomicReference<>();
        SagaId other = new SagaId("crashed-" + saga);
        leaveStarted(other, now.get());

        SagaReply compensation =
                here.inbox.handle(command(other, "ReleaseInventory", Phase.COMPENSATION), EXTERNAL, () -> {
                    action.set(there.inbox.handle(
                            command(other, "ReserveInventory", Phase.ACTION), EXTERNAL, there::takeAndReject));
                    return null;
                });

        assertThat(compensation.status()).isEqualTo(SagaReply.Status.SUCCESS);
        assertThat(action.get().code()).isEqualTo(Inbox.ALREADY_COMPENSATED);
    }

    @Test
    void runsAnExternalCompensationAgainAfterACrash() throws Exception {
        here.inbox.handle(reserve(), EXTERNAL, here::take);
        assertThatThrownBy(() -> here.inbox.handle(release(), EXTERNAL, () -> {
                    throw new IOException("connection reset");
                }))
                .isInstanceOf(IOException.class);
        assertThat(state()).isEqualTo("COMPENSATING");

        here.inbox.handle(release(), EXTERNAL, here::giveBack);
        here.inbox.handle(release(), EXTERNAL, here::giveBack);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(state()).isEqualTo("COMPENSATED");
    }

    // Completions

    @Test
    void completesADoneStepOnce() throws Exception {
        for (Inbox.Effect effect : Inbox.Effect.values()) {
            saga = new SagaId("completed-" + effect);
            runs.set(0);
            here.inbox.handle(reserve(), LOCAL, here::take);

            SagaReply first = here.inbox.handle(confirm(), effect, this::count);
            SagaReply duplicate = there.inbox.handle(confirm(), effect, this::count);

            assertThat(first.status()).isEqualTo(SagaReply.Status.SUCCESS);
            assertThat(duplicate).isEqualTo(first);
            assertThat(runs).hasValue(2);
            assertThat(state()).isEqualTo("COMPLETED");
            assertThat(here.inbox.handle(reserve(), LOCAL, here::take)).isEqualTo(SagaReply.success(reserve(), RESULT));
        }
    }

    @Test
    void mayBeAskedAgainForACompletionThatSaidNo() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::take);

        assertThat(here.inbox.handle(confirm(), LOCAL, here::takeAndReject).isRejection())
                .isTrue();
        assertThat(state()).isEqualTo("DONE");
        here.inbox.handle(confirm(), LOCAL, this::count);
        assertThat(state()).isEqualTo("COMPLETED");
    }

    @Test
    void compensatesACompletedStep() throws Exception {
        here.inbox.handle(reserve(), LOCAL, here::take);
        here.inbox.handle(confirm(), LOCAL, this::count);
        here.inbox.handle(release(), LOCAL, here::giveBack);

        assertThat(stock()).isEqualTo(STOCK);
        assertThat(state()).isEqualTo("COMPENSATED");
    }

    @Test
    void refusesToCompleteAStepThatIsNotDone() throws Exception {
        assertRefusesCompletion("is not known here");

        here.inbox.handle(reserve(), LOCAL, here::takeAndReject);
        assertRefusesCompletion("is REJECTED");

        saga = new SagaId("barred-" + saga);
        here.inbox.handle(release(), LOCAL, here::giveBack);
        assertRefusesCompletion("is BARRED");

        saga = new SagaId("started-" + saga);
        leaveStarted(saga, now.get());
        assertThatIllegalStateException()
                .isThrownBy(() -> here.inbox.handle(confirm(), LOCAL, this::count))
                .withMessageContaining("is STARTED");

        saga = new SagaId("compensated-" + saga);
        here.inbox.handle(reserve(), LOCAL, here::take);
        here.inbox.handle(release(), LOCAL, here::giveBack);
        assertRefusesCompletion("is COMPENSATED");
    }

    // Actions with effects elsewhere

    @Test
    void runsAnExternalActionOutsideOfATransactionAfterItsStartIsCommitted() throws Exception {
        SagaReply first = here.inbox.handle(reserve(), EXTERNAL, () -> {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isFalse();
            assertThat(state()).isEqualTo("STARTED");
            return here.take();
        });

        assertThat(here.inbox.handle(reserve(), EXTERNAL, here::take)).isEqualTo(first);
        assertThat(state()).isEqualTo("DONE");
        assertThat(runs).hasValue(1);
    }

    @Test
    void recordsARejectionOfAnExternalAction() throws Exception {
        SagaReply first = here.inbox.handle(reserve(), EXTERNAL, this::reject);

        assertThat(first).isEqualTo(SagaReply.rejected(reserve(), "OUT_OF_STOCK", "No apples"));
        assertThat(here.inbox.handle(reserve(), EXTERNAL, here::take)).isEqualTo(first);
        assertThat(here.inbox.handle(release(), EXTERNAL, here::giveBack).status())
                .isEqualTo(SagaReply.Status.SUCCESS);
        assertThat(runs).hasValue(0);
    }

    @Test
    void runsAnActionAgainThatACrashHasCutOff() throws Exception {
        for (Inbox.Effect effect : Inbox.Effect.values()) {
            saga = new SagaId("crashed-" + effect);
            leaveStarted(saga, now.get().plus(LIMIT));

            assertThat(here.inbox.handle(reserve(), effect, here::take))
                    .isEqualTo(SagaReply.success(reserve(), RESULT));
            assertThat(state()).isEqualTo("DONE");
        }
        assertThat(stock()).isEqualTo(STOCK - 2);
    }

    @Test
    void letsACompensationWaitForAnActionAtWork() throws Exception {
        for (Inbox.Effect effect : Inbox.Effect.values()) {
            saga = new SagaId("at-work-" + effect);
            here.inbox.handle(reserve(), EXTERNAL, () -> {
                assertThatThrownBy(() -> there.inbox.handle(release(), effect, there::giveBack))
                        .isInstanceOfSatisfying(StepAtWorkException.class, early -> assertThat(early.until())
                                .isBetween(
                                        now.get().plus(LIMIT).minusMillis(1),
                                        now.get().plus(LIMIT)))
                        .hasMessageContaining("ReserveInventory of step RESERVE_INVENTORY in saga " + saga);
                return here.take();
            });
            there.inbox.handle(release(), effect, there::giveBack);
            assertThat(state()).isEqualTo("COMPENSATED");
        }
        assertThat(stock()).isEqualTo(STOCK);
    }

    @Test
    void compensatesAtOnceWhenTheActionHasEndedInTrouble() throws Exception {
        assertThatThrownBy(() -> here.inbox.handle(reserve(), EXTERNAL, () -> {
                    here.take();
                    throw new IOException("connection reset");
                }))
                .isInstanceOf(IOException.class);

        here.inbox.handle(release(), EXTERNAL, here::giveBack);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(here.inbox.handle(reserve(), EXTERNAL, here::take).code()).isEqualTo(Inbox.ALREADY_COMPENSATED);
        assertThat(stock()).isEqualTo(STOCK);
    }

    @Test
    void compensatesACrashedActionWhenItsTimeIsOver() throws Exception {
        leaveStarted(saga, now.get().plus(LIMIT));
        assertThatThrownBy(() -> here.inbox.handle(release(), EXTERNAL, here::giveBack))
                .isInstanceOf(StepAtWorkException.class);

        now.updateAndGet(instant -> instant.plus(LIMIT));
        here.inbox.handle(release(), EXTERNAL, here::giveBack);
        assertThat(state()).isEqualTo("COMPENSATED");
    }

    @Test
    void saysThatAnActionWhichOutlivedItsLimitMayHaveTakenEffect() throws Exception {
        SagaReply late = here.inbox.handle(reserve(), EXTERNAL, () -> {
            now.updateAndGet(instant -> instant.plus(LIMIT));
            there.inbox.handle(release(), EXTERNAL, this::count);
            return here.take();
        });

        assertThat(late.status()).isEqualTo(SagaReply.Status.FAILED);
        assertThat(late.code()).isEqualTo(Inbox.ALREADY_COMPENSATED);
        assertThat(late.outcome()).isEqualTo(SagaReply.Outcome.UNKNOWN);
        assertThat(state()).isEqualTo("COMPENSATED");
        assertThat(here.inbox.handle(reserve(), EXTERNAL, here::take)).isEqualTo(late);
    }

    @Test
    void knowsThatARejectedActionWhichOutlivedItsLimitTookNoEffect() throws Exception {
        SagaReply late = here.inbox.handle(reserve(), EXTERNAL, () -> {
            now.updateAndGet(instant -> instant.plus(LIMIT));
            there.inbox.handle(release(), LOCAL, this::count);
            return reject();
        });

        assertThat(late.isRejection()).isTrue();
        assertThat(state()).isEqualTo("COMPENSATED");
    }

    // At once

    @Test
    void runsOneOfEightDuplicates() throws Exception {
        for (int round = 1; round <= 20; round++) {
            saga = new SagaId("duplicates-" + round);
            List<SagaReply> replies =
                    atOnce(eight(instance -> instance.inbox.handle(reserve(), LOCAL, instance::take)));

            assertThat(replies).containsOnly(SagaReply.success(reserve(), RESULT));
            assertThat(stock()).isEqualTo(STOCK - round);
            assertThat(runs).hasValue(round);
        }
    }

    @Test
    void answersEightRejectedDuplicatesAlike() throws Exception {
        for (int round = 1; round <= 20; round++) {
            saga = new SagaId("rejected-" + round);
            List<SagaReply> replies =
                    atOnce(eight(instance -> instance.inbox.handle(reserve(), LOCAL, instance::takeAndReject)));

            assertThat(replies).containsOnly(SagaReply.rejected(reserve(), "OUT_OF_STOCK", "No apples"));
            assertThat(stock()).isEqualTo(STOCK);
        }
    }

    @Test
    void runsOneOfEightCompensations() throws Exception {
        for (int round = 1; round <= 20; round++) {
            saga = new SagaId("compensations-" + round);
            here.inbox.handle(reserve(), LOCAL, here::take);
            List<SagaReply> replies =
                    atOnce(eight(instance -> instance.inbox.handle(release(), LOCAL, instance::giveBack)));

            assertThat(replies).containsOnly(SagaReply.success(release(), new TextNode("released")));
            assertThat(stock()).isEqualTo(STOCK);
        }
    }

    @Test
    void answersEightExternalDuplicatesAlike() throws Exception {
        for (int round = 1; round <= 20; round++) {
            saga = new SagaId("external-" + round);
            List<SagaReply> replies =
                    atOnce(eight(instance -> instance.inbox.handle(reserve(), EXTERNAL, this::count)));

            assertThat(Set.copyOf(replies)).hasSize(1);
            assertThat(state()).isEqualTo("DONE");
        }
    }

    @Test
    void leavesNoEffectWhenAnActionAndItsCompensationRace() throws Exception {
        for (int round = 1; round <= 200; round++) {
            saga = new SagaId("race-" + round);
            runs.set(0);
            List<SagaReply> replies = atOnce(List.of(
                    () -> here.inbox.handle(reserve(), LOCAL, here::take),
                    () -> there.inbox.handle(release(), LOCAL, there::giveBack)));

            boolean actionWasFirst = replies.get(0).status() == SagaReply.Status.SUCCESS;
            assertThat(replies.get(0).code()).isEqualTo(actionWasFirst ? null : Inbox.ALREADY_COMPENSATED);
            assertThat(replies.get(1).status()).isEqualTo(SagaReply.Status.SUCCESS);
            assertThat(runs).hasValue(actionWasFirst ? 2 : 0);
            assertThat(stock()).isEqualTo(STOCK);
        }
    }

    @Test
    void leavesNoEffectElsewhereWhenAnActionAndItsCompensationRace() throws Exception {
        Set<SagaId> charges = ConcurrentHashMap.newKeySet();
        for (int round = 1; round <= 200; round++) {
            saga = new SagaId("race-" + round);
            List<SagaReply> replies = atOnce(List.of(
                    () -> here.inbox.handle(reserve(), EXTERNAL, () -> {
                        charges.add(saga);
                        return RESULT;
                    }),
                    () -> untilActionHasEnded(() -> there.inbox.handle(release(), EXTERNAL, () -> {
                        charges.remove(saga);
                        return null;
                    }))));

            boolean actionWasFirst = replies.get(0).status() == SagaReply.Status.SUCCESS;
            assertThat(replies.get(0).isRejection()).isEqualTo(!actionWasFirst);
            assertThat(replies.get(1).status()).isEqualTo(SagaReply.Status.SUCCESS);
            assertThat(charges).isEmpty();
            assertThat(state()).isEqualTo(actionWasFirst ? "COMPENSATED" : "BARRED");
        }
    }

    @Test
    void changesNothingWhenTheDatabaseEndsTheWaitForALock() throws Exception {
        HikariDataSource impatient = pool(database(), lockTimeout(50));
        try {
            Instance hurried = new Instance(impatient);
            SagaReply first = here.inbox.handle(reserve(), LOCAL, () -> {
                for (SagaCommand command : List.of(reserve(), release())) {
                    Future<SagaReply> waiting =
                            threads.submit(() -> hurried.inbox.handle(command, LOCAL, hurried::take));
                    assertThatThrownBy(waiting::get).hasCauseInstanceOf(DataAccessException.class);
                }
                return here.take();
            });

            assertThat(hurried.inbox.handle(reserve(), LOCAL, hurried::take)).isEqualTo(first);
            assertThat(runs).hasValue(1);
            assertThat(stock()).isEqualTo(STOCK - 1);
        } finally {
            impatient.close();
            pools.remove(impatient);
        }
    }

    // Several actions in one transaction

    @Test
    void doesActionsOfDifferentSagasInOneTransaction() throws Exception {
        List<BatchedAction> actions = batch(here, "one", "two", "three");
        actions.add(1, new BatchedAction(action("look"), () -> {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isTrue();
            assertThat(here.jdbc.queryForObject("SELECT amount FROM stock", Integer.class))
                    .isEqualTo(STOCK - 1);
            assertThat(threads.submit(this::stock).get()).isEqualTo(STOCK);
            return SagaReply.success(action("look"), null);
        }));

        assertThat(here.inbox.handleTogether(actions))
                .containsExactly(
                        Optional.of(SagaReply.success(action("one"), RESULT)),
                        Optional.of(SagaReply.success(action("look"), null)),
                        Optional.of(SagaReply.success(action("two"), RESULT)),
                        Optional.of(SagaReply.success(action("three"), RESULT)));
        assertThat(stock()).isEqualTo(STOCK - 3);
        assertThat(states()).containsExactly("look DONE", "one DONE", "three DONE", "two DONE");
    }

    @Test
    void answersADuplicateOfABatchedActionFromTheRecord() throws Exception {
        Optional<SagaReply> first =
                here.inbox.handleTogether(batch(here, "one", "two")).get(0);

        assertThat(there.inbox.handle(action("one"), LOCAL, there::take)).isEqualTo(first.orElseThrow());
        assertThat(stock()).isEqualTo(STOCK - 2);
    }

    @Test
    void compensatesABatchedAction() throws Exception {
        here.inbox.handleTogether(batch(here, "one", "two"));

        here.inbox.handle(command(new SagaId("one"), "ReleaseInventory", Phase.COMPENSATION), LOCAL, here::giveBack);

        assertThat(stock()).isEqualTo(STOCK - 1);
        assertThat(states()).containsExactly("one COMPENSATED", "two DONE");
    }

    @Test
    void leavesAStepThatIsKnownOutOfABatch() throws Exception {
        here.inbox.handle(action("duplicate"), LOCAL, here::take);
        here.inbox.handle(action("rejected"), LOCAL, here::takeAndReject);
        here.inbox.handle(command(new SagaId("barred"), "ReleaseInventory", Phase.COMPENSATION), LOCAL, this::count);
        runs.set(0);

        List<Optional<SagaReply>> replies =
                there.inbox.handleTogether(batch(there, "duplicate", "new", "barred", "rejected"));

        assertThat(replies)
                .containsExactly(
                        Optional.empty(),
                        Optional.of(SagaReply.success(action("new"), RESULT)),
                        Optional.empty(),
                        Optional.empty());
        assertThat(runs).hasValue(1);
        assertThat(states()).containsExactly("barred BARRED", "duplicate DONE", "new DONE", "rejected REJECTED");
        assertThat(there.inbox.handle(action("barred"), LOCAL, there::take).code())
                .isEqualTo(Inbox.ALREADY_COMPENSATED);
    }

    @Test
    void doesNothingWhenEveryStepOfABatchIsKnown() throws Exception {
        here.inbox.handleTogether(batch(here, "one", "two"));

        assertThat(there.inbox.handleTogether(batch(there, "one", "two")))
                .containsExactly(Optional.empty(), Optional.empty());
        assertThat(stock()).isEqualTo(STOCK - 2);
    }

    @Test
    void doesAStepOnceThatIsTwiceInABatch() throws Exception {
        List<Optional<SagaReply>> replies = here.inbox.handleTogether(batch(here, "one", "two", "one"));

        assertThat(replies).extracting(Optional::isPresent).containsExactly(true, true, false);
        assertThat(stock()).isEqualTo(STOCK - 2);
    }

    @Test
    void leavesNothingOfABatchWhenOneOfItIsRejected() throws Exception {
        List<BatchedAction> actions = batch(here, "one", "two");
        actions.add(1, new BatchedAction(action("refused"), () -> {
            throw new StepRejectedException("OUT_OF_STOCK", "No apples");
        }));

        assertThatThrownBy(() -> here.inbox.handleTogether(actions)).isInstanceOf(StepRejectedException.class);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(states()).isEmpty();

        here.inbox.handle(action("refused"), LOCAL, here::takeAndReject);
        here.inbox.handle(action("one"), LOCAL, here::take);
        assertThat(states()).containsExactly("one DONE", "refused REJECTED");
        assertThat(stock()).isEqualTo(STOCK - 1);
    }

    @Test
    void leavesNothingOfABatchWhenOneOfItEndsInAnError() {
        List<BatchedAction> actions = batch(here, "one", "two");
        actions.add(new BatchedAction(action("troubled"), () -> {
            here.take();
            throw new StackOverflowError();
        }));

        assertThatThrownBy(() -> here.inbox.handleTogether(actions)).isInstanceOf(StackOverflowError.class);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(states()).isEmpty();
    }

    @Test
    void leavesNothingOfABatchWhenABeanHasMarkedTheTransactionForRollback() {
        TransactionTemplate bean = new TransactionTemplate(here.transactions);
        List<BatchedAction> actions = batch(here, "one", "two");
        actions.add(new BatchedAction(
                action("marked"),
                () -> bean.execute(status -> {
                    status.setRollbackOnly();
                    return SagaReply.success(action("marked"), here.take());
                })));

        assertThatThrownBy(() -> here.inbox.handleTogether(actions)).isInstanceOf(UnexpectedRollbackException.class);
        assertThat(stock()).isEqualTo(STOCK);
        assertThat(states()).isEmpty();
    }

    @Test
    void findsTheEffectsOfABatchWhoseCommitWasDoneAndSaidToHaveFailed() throws Exception {
        DataSourceTransactionManager cutOff = new DataSourceTransactionManager(here.jdbc.getDataSource()) {
            @Override
            protected void doCommit(DefaultTransactionStatus status) {
                super.doCommit(status);
                throw new TransactionSystemException("The connection was cut off");
            }
        };
        JdbcInbox inbox = new JdbcInbox(here.jdbc, cutOff, new MessageCodec(), clock, SCHEMA, LIMIT);

        assertThatThrownBy(() -> inbox.handleTogether(batch(here, "one", "two")))
                .isInstanceOf(TransactionSystemException.class);

        assertThat(here.inbox.handle(action("one"), LOCAL, here::take))
                .isEqualTo(SagaReply.success(action("one"), RESULT));
        assertThat(runs).hasValue(2);
        assertThat(stock()).isEqualTo(STOCK - 2);
    }

    @Test
    void refusesABatchOfACallerThatIsInATransaction() {
        new TransactionTemplate(here.transactions).executeWithoutResult(status -> assertThatIllegalStateException()
                .isThrownBy(() -> here.inbox.handleTogether(batch(here, "one", "two")))
                .withMessageContaining("outside of any transaction"));
        assertThat(runs).hasValue(0);
    }

    @Test
    void takesEachStepOnceWhenBatchesOfTwoInstancesMeet() throws Exception {
        for (int round = 1; round <= 50; round++) {
            String first = "first-" + round;
            String second = "second-" + round;
            String third = "third-" + round;
            atOnce(List.of(
                    () -> togetherOrByThemselves(here, first, second),
                    () -> togetherOrByThemselves(there, second, third),
                    () -> togetherOrByThemselves(there, first, third)));

            assertThat(stock()).isEqualTo(STOCK - 3 * round);
        }
    }

    @Test
    void leavesNoEffectWhenABatchAndACompensationRace() throws Exception {
        for (int round = 1; round <= 100; round++) {
            saga = new SagaId("race-" + round);
            String other = "other-" + round;
            List<List<SagaReply>> replies = atOnce(List.of(
                    () -> togetherOrByThemselves(here, other, saga.value()),
                    () -> List.of(there.inbox.handle(release(), LOCAL, there::giveBack))));

            SagaReply action = replies.get(0).get(1);
            boolean actionWasFirst = action.status() == SagaReply.Status.SUCCESS;
            assertThat(action.code()).isEqualTo(actionWasFirst ? null : Inbox.ALREADY_COMPENSATED);
            assertThat(replies.get(1).get(0).status()).isEqualTo(SagaReply.Status.SUCCESS);
            assertThat(state()).isEqualTo(actionWasFirst ? "COMPENSATED" : "BARRED");
            assertThat(stock()).isEqualTo(STOCK - round);
        }
    }

    /** As the participant's loop has it. */
    private List<SagaReply> togetherOrByThemselves(Instance instance, String... sagas) throws Exception {
        List<Optional<SagaReply>> together;
        try {
            together = instance.inbox.handleTogether(batch(instance, sagas));
        } catch (DataAccessException e) {
            together = Stream.of(sagas).map(each -> Optional.<SagaReply>empty()).toList();
        }
        List<SagaReply> replies = new ArrayList<>();
        for (int i = 0; i < sagas.length; i++) {
            replies.add(
                    together.get(i).isPresent()
                            ? together.get(i).get()
                            : instance.inbox.handle(action(sagas[i]), LOCAL, instance::take));
        }
        return replies;
    }

    private static List<BatchedAction> batch(Instance instance, String... sagas) {
        return Stream.of(sagas)
                .map(each -> new BatchedAction(action(each), () -> SagaReply.success(action(each), instance.take())))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static SagaCommand action(String saga) {
        return command(new SagaId(saga), "ReserveInventory", Phase.ACTION);
    }

    private List<String> states() {
        return jdbc.query(
                "SELECT saga_id, state FROM inventory.saga_inbox ORDER BY saga_id",
                (row, number) -> row.getString(1) + " " + row.getString(2));
    }

    // What is counted

    @Test
    void tellsOfDuplicatesOfRejectionsAndOfWhatComesInTheWrongOrder() throws Exception {
        List<String> events = new ArrayList<>();
        here.inbox.setListener(event -> {
            assertThat(event.service()).isEqualTo("inventory-service");
            events.add(event.kind() + " " + event.command().command());
        });
        try {
            here.inbox.handle(reserve(), LOCAL, here::take);
            here.inbox.handle(confirm(), LOCAL, this::count);
            assertThat(events).isEmpty();
            here.inbox.handle(reserve(), EXTERNAL, here::take);
            here.inbox.handle(confirm(), EXTERNAL, this::count);
            here.inbox.handle(release(), LOCAL, this::reject);
            here.inbox.handle(release(), LOCAL, here::giveBack);
            here.inbox.handle(release(), EXTERNAL, here::giveBack);
            assertThat(events)
                    .containsExactly(
                            "DUPLICATE ReserveInventory",
                            "DUPLICATE ConfirmInventory",
                            "REJECTED ReleaseInventory",
                            "DUPLICATE ReleaseInventory");

            events.clear();
            saga = new SagaId("rejected");
            here.inbox.handle(reserve(), LOCAL, this::reject);
            here.inbox.handle(reserve(), LOCAL, this::reject);
            here.inbox.handle(release(), LOCAL, here::giveBack);
            saga = new SagaId("barred");
            here.inbox.handle(release(), EXTERNAL, here::giveBack);
            here.inbox.handle(release(), LOCAL, here::giveBack);
            here.inbox.handle(reserve(), LOCAL, here::take);
            assertThat(events)
                    .containsExactly(
                            "REJECTED ReserveInventory",
                            "DUPLICATE ReserveInventory",
                            "EMPTY ReleaseInventory",
                            "EMPTY ReleaseInventory",
                            "DUPLICATE ReleaseInventory",
                            "LATE ReserveInventory");
        } finally {
            here.inbox.setListener(ParticipantListener.NONE);
        }
    }

    // Housekeeping

    @Test
    void forgetsOldFinishedStepsInBatches() throws Exception {
        InboxRetention retention = new InboxRetention(jdbc, here.transactions, clock, SCHEMA);
        for (int i = 1; i <= 25; i++) {
            saga = new SagaId("old-" + i);
            here.inbox.handle(reserve(), LOCAL, here::take);
        }
        leaveStarted(new SagaId("unfinished"), now.get());
        now.updateAndGet(instant -> instant.plus(Duration.ofDays(2)));
        here.inbox.handle(release(), LOCAL, here::giveBack);
        saga = new SagaId("young");
        here.inbox.handle(reserve(), LOCAL, here::take);

        assertThat(retention.removeOlderThan(Duration.ofDays(2).plusMillis(1), 10))
                .isZero();
        assertThat(retention.removeOlderThan(Duration.ofDays(1), 10)).isEqualTo(24);

        assertThat(jdbc.queryForList("SELECT saga_id FROM inventory.saga_inbox ORDER BY saga_id", String.class))
                .containsExactly("old-25", "unfinished", "young");
    }

    @Test
    void refusesToForgetNothingAtATime() {
        InboxRetention retention = new InboxRetention(jdbc, here.transactions, clock, SCHEMA);

        assertThatThrownBy(() -> retention.removeOlderThan(Duration.ofDays(1), 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> retention.removeOlderThan(Duration.ofDays(-1), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // The business

    private JsonNode count() {
        runs.incrementAndGet();
        return null;
    }

    private JsonNode reject() {
        throw new StepRejectedException("OUT_OF_STOCK", "No apples");
    }

    private int stock() {
        return jdbc.queryForObject("SELECT amount FROM stock", Integer.class);
    }

    private String state() {
        return jdbc
                .queryForList("SELECT state FROM inventory.saga_inbox WHERE saga_id = ?", String.class, saga.value())
                .stream()
                .findFirst()
                .orElse(null);
    }

    private SagaCommand reserve() {
        return command("ReserveInventory", Phase.ACTION);
    }

    private SagaCommand release() {
        return command("ReleaseInventory", Phase.COMPENSATION);
    }

    private SagaCommand confirm() {
        return command("ConfirmInventory", Phase.COMPLETION);
    }

    private SagaCommand command(String name, Phase phase) {
        return command(saga, name, phase);
    }

    private static SagaCommand command(SagaId saga, String name, Phase phase) {
        return new SagaCommand(saga, new Step("RESERVE_INVENTORY", 1), "inventory-service", name, null, phase);
    }

    /** What a process leaves that is killed while an external action is at work. */
    private void leaveStarted(SagaId saga, Instant busyUntil) {
        new InboxRows(jdbc, new MessageCodec(), clock, new InboxTable(SCHEMA))
                .insert(InboxRow.started(command(saga, "ReserveInventory", Phase.ACTION))
                        .busy(busyUntil.truncatedTo(ChronoUnit.MILLIS)));
    }

    private void assertRefusesCompletion(String why) throws Exception {
        SagaReply refusal = here.inbox.handle(confirm(), LOCAL, this::count);
        assertThat(refusal.isRejection()).isTrue();
        assertThat(refusal.code()).isEqualTo(Inbox.NOT_DONE);
        assertThat(refusal.error()).contains(why);
    }

    private static SagaReply untilActionHasEnded(Callable<SagaReply> compensation) throws Exception {
        while (true) {
            try {
                return compensation.call();
            } catch (StepAtWorkException e) {
                Thread.onSpinWait();
            }
        }
    }

    /** Half of them at each instance. */
    private List<Callable<SagaReply>> eight(CallAt call) {
        return Stream.of(here, there, here, there, here, there, here, there)
                .map(instance -> (Callable<SagaReply>) () -> call.at(instance))
                .toList();
    }

    @FunctionalInterface
    private interface CallAt {
        SagaReply at(Instance instance) throws Exception;
    }

    private <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
        CyclicBarrier start = new CyclicBarrier(calls.size());
        List<Future<T>> futures = new ArrayList<>();
        for (Callable<T> call : calls) {
            futures.add(threads.submit(() -> {
                start.await();
                return call.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get());
        }
        return results;
    }

    private HikariDataSource pool(DataSource database, String initialStatement) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database);
        config.setConnectionInitSql(initialStatement);
        config.setMinimumIdle(0);
        config.setMaximumPoolSize(12);
        HikariDataSource created = new HikariDataSource(config);
        pools.add(created);
        return created;
    }

    /** An instance of the participant: its own connections, its own inbox, its own business. */
    private final class Instance {

        final JdbcTemplate jdbc;
        final PlatformTransactionManager transactions;
        final BatchInbox inbox;

        Instance(DataSource pool) {
            jdbc = new JdbcTemplate(pool);
            transactions = new DataSourceTransactionManager(pool);
            inbox = new JdbcInbox(jdbc, transactions, new MessageCodec(), clock, SCHEMA, LIMIT);
        }

        JsonNode take() {
            runs.incrementAndGet();
            jdbc.update("UPDATE stock SET amount = amount - 1 WHERE product = 'apple'");
            return RESULT;
        }

        JsonNode takeAndReject() {
            take();
            return reject();
        }

        JsonNode giveBack() {
            runs.incrementAndGet();
            jdbc.update("UPDATE stock SET amount = amount + 1 WHERE product = 'apple'");
            return new TextNode("released");
        }
    }
}
