package dev.caravan.shop;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import dev.caravan.testing.HangLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.support.TransactionTemplate;

class GroupCommitTest {

    private static final TransactionExecution TRANSACTION = new TransactionExecution() {};

    /** Flushes that have begun and wait for their end, which the test decides. */
    private final LinkedBlockingQueue<CompletableFuture<Void>> flushes = new LinkedBlockingQueue<>();

    private final GroupCommit commits = new GroupCommit(() -> {
        CompletableFuture<Void> end = new CompletableFuture<>();
        flushes.add(end);
        end.join();
    });

    @Test
    void returnsWhenWhatWasCommittedIsDurable() throws Exception {
        CompletableFuture<Void> commit = commit();
        CompletableFuture<Void> flush = flush();

        assertThat(commit).isNotDone();
        flush.complete(null);
        commit.get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void flushesOnceForAllThatWereCommittedWhileAnotherFlushWasUnderWay() throws Exception {
        CompletableFuture<Void> first = commit();
        CompletableFuture<Void> flushOfTheFirst = flush();
        List<CompletableFuture<Void>> others = commitAndWait(20);
        flushOfTheFirst.complete(null);
        first.get(HangLimit.SECONDS, TimeUnit.SECONDS);
        CompletableFuture<Void> flushOfTheOthers = flush();

        assertThat(others).noneMatch(CompletableFuture::isDone);
        flushOfTheOthers.complete(null);
        for (CompletableFuture<Void> other : others) {
            other.get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }
        assertThat(flushes).isEmpty();
    }

    @Test
    void aFlushThatFailsFailsOneCommitAndTheOthersTryThemselves() throws Exception {
        commit();
        CompletableFuture<Void> flushOfTheFirst = flush();
        List<CompletableFuture<Void>> others = commitAndWait(3);
        flushOfTheFirst.complete(null);
        flush().completeExceptionally(new IllegalStateException("the disk is full"));
        flush().complete(null);

        List<Throwable> failures = new ArrayList<>();
        for (CompletableFuture<Void> other : others) {
            failures.add(other.handle((done, failure) -> failure).get(HangLimit.SECONDS, TimeUnit.SECONDS));
        }
        assertThat(failures)
                .filteredOn(Objects::nonNull)
                .singleElement(as(THROWABLE))
                .hasRootCauseMessage("the disk is full");
        assertThat(flushes).isEmpty();
    }

    @Test
    void flushesNothingForACommitThatFailed() {
        commits.afterCommit(TRANSACTION, new IllegalStateException("not committed"));

        assertThat(flushes).isEmpty();
    }

    /** The file is copied as a killed process would leave it. */
    @Test
    void whatTheShopHasCommittedIsInTheFileAtOnce(@TempDir Path directory) {
        String url = "jdbc:h2:file:%s;WRITE_DELAY=3600000;DB_CLOSE_ON_EXIT=FALSE";
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        TransactionAutoConfiguration.class,
                        TransactionManagerCustomizationAutoConfiguration.class,
                        ShopConfiguration.class))
                .withPropertyValues(
                        "caravan.coordinator=none", "spring.datasource.url=" + url.formatted(directory.resolve("shop")))
                .run(shop -> {
                    JdbcTemplate jdbc = shop.getBean(JdbcTemplate.class);
                    jdbc.execute("create table orders (id int primary key)");
                    shop.getBean(TransactionTemplate.class)
                            .executeWithoutResult(status -> jdbc.update("insert into orders values (7)"));

                    Files.copy(directory.resolve("shop.mv.db"), directory.resolve("killed.mv.db"));
                });

        JdbcTemplate killed = new JdbcTemplate(new DriverManagerDataSource(url.formatted(directory.resolve("killed"))));
        assertThat(killed.queryForList("select id from orders", Integer.class)).containsExactly(7);
    }

    private CompletableFuture<Void> commit() {
        return commitAndWait(1).get(0);
    }

    /** Commits that have come as far as to wait for a flush, their own or one that is under way. */
    private List<CompletableFuture<Void>> commitAndWait(int count) {
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread[] thread = new Thread[1];
            waiting.add(CompletableFuture.runAsync(() -> commits.afterCommit(TRANSACTION, null), task -> {
                thread[0] = new Thread(task);
                thread[0].start();
            }));
            while (thread[0].getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        return waiting;
    }

    private CompletableFuture<Void> flush() throws InterruptedException {
        CompletableFuture<Void> flush = flushes.poll(HangLimit.SECONDS, TimeUnit.SECONDS);
        assertThat(flush).as("a flush").isNotNull();
        return flush;
    }
}
