package dev.caravan.benchmark;

import com.zaxxer.hikari.HikariDataSource;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.JdbcInbox;
import dev.caravan.saga.spring.ParticipantSchema;
import dev.caravan.testing.PostgresOfAnyUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Participants that keep what they did in PostgreSQL, each behind an inbox; each commit is on the disk. */
final class PostgresEffects implements ParticipantEffects {

    private static final String SCHEMA = "benchmark";

    private final EmbeddedPostgres postgres;
    private final HikariDataSource dataSource = new HikariDataSource();
    private final JdbcTemplate jdbc;
    private final Inbox inbox;

    PostgresEffects() throws IOException {
        postgres = PostgresOfAnyUser.start(
                builder -> builder.setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on"));
        dataSource.setJdbcUrl(postgres.getJdbcUrl("postgres", "postgres"));
        ParticipantSchema.migrations(dataSource, SCHEMA, "classpath:db/benchmark")
                .migrate();
        jdbc = new JdbcTemplate(dataSource);
        inbox = new JdbcInbox(
                jdbc, new DataSourceTransactionManager(dataSource), new MessageCodec(), Clock.systemUTC(), SCHEMA);
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public void did(OrderStep step, String orderId) {
        jdbc.update("insert into benchmark.effects (order_id, step) values (?, ?)", orderId, step.name());
    }

    @Override
    public void undid(OrderStep step, String orderId) {
        int undone = jdbc.update(
                "update benchmark.effects set undone = true where order_id = ? and step = ? and not undone",
                orderId,
                step.name());
        if (undone != 1) {
            throw new IllegalStateException("%s of order %s cannot be undone".formatted(step, orderId));
        }
    }

    @Override
    public Effects.Counts counts() {
        Map<OrderStep, Long> done = new EnumMap<>(OrderStep.class);
        Map<OrderStep, Long> undone = new EnumMap<>(OrderStep.class);
        for (OrderStep step : OrderStep.values()) {
            done.put(step, count("step = ?", step));
            undone.put(step, count("step = ? and undone", step));
        }
        return new Effects.Counts(done, undone);
    }

    private long count(String which, OrderStep step) {
        return jdbc.queryForObject("select count(*) from benchmark.effects where " + which, Long.class, step.name());
    }

    /** What PostgreSQL's processes have used: the first one, and those that it has started for the connections. */
    @Override
    public Duration cpu() {
        Long backend = jdbc.queryForObject("select pg_backend_pid()", Long.class);
        ProcessHandle server =
                ProcessHandle.of(backend).flatMap(ProcessHandle::parent).orElseThrow();
        return server.children().map(PostgresEffects::cpu).reduce(cpu(server), Duration::plus);
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        dataSource.close();
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
