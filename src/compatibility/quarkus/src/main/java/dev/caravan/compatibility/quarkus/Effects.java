package dev.caravan.compatibility.quarkus;

import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.JdbcInbox;
import dev.caravan.saga.participant.StepRejectedException;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** What was done, each in the transaction of its command, in the datasource of Quarkus. */
@Singleton
@Startup
@Named("effects")
public class Effects {

    private final DataSource database;
    private final JdbcTemplate jdbc;
    private final Path directory;

    @Inject
    Effects(DataSource database, @ConfigProperty(name = "orders.directory") Path directory) {
        this.database = database;
        this.jdbc = new JdbcTemplate(database);
        this.directory = directory;
        new ResourceDatabasePopulator(
                        new ClassPathResource("caravan/inbox/R__saga_inbox.sql"), new ClassPathResource("effects.sql"))
                .execute(database);
    }

    @Produces
    @Singleton
    @Named("inbox")
    Inbox inbox() {
        return new JdbcInbox(
                jdbc, new DataSourceTransactionManager(database), new MessageCodec(), Clock.systemUTC(), null);
    }

    public void add(String sagaId, String what) {
        jdbc.update("INSERT INTO effects (saga_id, what) VALUES (?, ?)", sagaId, what);
    }

    /** Nothing is sent to nowhere; what goes to the island waits for the ship. */
    public void ship(String sagaId, String country) throws Exception {
        if (country.equals("nowhere")) {
            throw new StepRejectedException("There is no such country");
        }
        if (country.equals("island") && Files.notExists(directory.resolve("ship"))) {
            Files.createFile(directory.resolve("waits"));
            Thread.currentThread().join();
        }
        add(sagaId, "SHIPPED");
    }

    public String of(String sagaId) {
        return String.join(
                ",", jdbc.queryForList("SELECT what FROM effects WHERE saga_id = ? ORDER BY id", String.class, sagaId));
    }
}
