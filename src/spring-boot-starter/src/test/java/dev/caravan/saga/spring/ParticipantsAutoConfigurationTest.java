package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.ParticipantEvent;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.PassThroughInbox;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** An application gets the inboxes of its participants from its settings and its databases. */
@ExtendWith(OutputCaptureExtension.class)
class ParticipantsAutoConfigurationTest {

    private final ApplicationContextRunner withoutDatabase = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(ParticipantsAutoConfiguration.class, InboxAutoConfiguration.class));

    private final ApplicationContextRunner noDataSource = withoutDatabase.withConfiguration(AutoConfigurations.of(
            DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class));

    private final ApplicationContextRunner application = noDataSource
            .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
            .withPropertyValues("spring.datasource.url=" + url());

    private static String url() {
        return "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID());
    }

    private static SagaCommand command(String service) {
        return new SagaCommand(new SagaId("saga-1"), new Step("BUY", 1), service, "Buy", null, Phase.ACTION);
    }

    private static SagaReply handle(Inbox inbox, Runnable action) throws Exception {
        return inbox.handle(command("tickets"), Inbox.Effect.LOCAL, () -> {
            action.run();
            return null;
        });
    }

    private static List<String> tables(DataSource dataSource) {
        return new JdbcTemplate(dataSource)
                .queryForList(
                        "SELECT LOWER(table_schema || '.' || table_name) FROM information_schema.tables"
                                + " WHERE table_schema <> 'INFORMATION_SCHEMA' ORDER BY 1",
                        String.class);
    }

    private static List<String> tables(ApplicationContext context) {
        return tables(context.getBean(DataSource.class));
    }

    @Test
    void anApplicationWithADatabaseHasAnInboxThatLetsACommandTakeEffectOnce() {
        application.run(context -> {
            Inbox inbox = context.getBean(Inbox.class);
            List<String> effects = new ArrayList<>();

            handle(inbox, () -> effects.add("bought"));
            SagaReply again = handle(inbox, () -> effects.add("bought again"));

            assertThat(effects).containsExactly("bought");
            assertThat(again.status()).isEqualTo(SagaReply.Status.SUCCESS);
            assertThat(tables(context)).containsExactly("public.saga_inbox");
        });
    }

    /** A database on another host, as far as its driver says. */
    private static DataSource far(String url, int networkTimeout) {
        DataSource near = new DriverManagerDataSource(url());
        return new DelegatingDataSource(near) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = near.getConnection();
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) -> switch (method.getName()) {
                            case "getNetworkTimeout" -> networkTimeout;
                            case "getMetaData" -> metaData(url);
                            default -> method.invoke(connection, arguments);
                        });
            }
        };
    }

    private static Object metaData(String url) {
        return Proxy.newProxyInstance(
                ParticipantsAutoConfigurationTest.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (proxy, method, arguments) -> method.getName().equals("getURL") ? url : null);
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/shop, 0, true",
        "jdbc:postgresql://db/shop, 30000, false",
        "jdbc:h2:tcp://db/shop, 0, true",
        "jdbc:h2:file:./data/shop, 0, false",
        "jdbc:sqlite:shop.db, 0, false"
    })
    void warnsOfADatabaseWhoseHostMayVanish(String url, int networkTimeout, boolean warned, CapturedOutput output) {
        noDataSource
                .withBean(DataSource.class, () -> far(url, networkTimeout))
                .withPropertyValues(
                        "caravan.participants.tickets.external-limit=1m", "caravan.participant.create-table=false")
                .run(context -> {
                    context.getBean("tickets.inbox");

                    if (warned) {
                        assertThat(output).contains("Participant tickets waits for ever", "socketTimeout");
                    } else {
                        assertThat(output).doesNotContain("waits for ever");
                    }
                });
    }

    @Test
    void anApplicationWithADatabaseAndNoParticipantGetsNoTable() {
        application.run(context -> assertThat(tables(context)).isEmpty());
    }

    @Test
    void withoutADatabaseThereIsNoInbox() {
        noDataSource.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Inbox.class));
        withoutDatabase
                .withClassLoader(new FilteredClassLoader("org.springframework.jdbc", "org.springframework.transaction"))
                .withPropertyValues("caravan.participants.tickets.schema=tickets")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Inbox.class));
    }

    @Test
    void aParticipantWithoutADatabaseSaysWhatToDo() {
        noDataSource
                .withPropertyValues("caravan.participants.tickets.schema=tickets")
                .run(context -> assertThatThrownBy(() -> context.getBean("tickets.inbox"))
                        .rootCause()
                        .hasMessage("Participant tickets has no database for its inbox: set spring.datasource.url,"
                                + " or remove caravan.participants.tickets"));
    }

    @Test
    void theTableIsMadeAfterTheApplicationsFlywayWhichKnowsNothingOfIt() {
        application
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withPropertyValues("spring.flyway.locations=classpath:db/application")
                .run(context -> {
                    handle(context.getBean(Inbox.class), () -> {});

                    assertThat(tables(context)).contains("public.customers", "public.saga_inbox");
                    assertThat(applied(context)).containsExactly("V1__customers.sql");
                });
    }

    @Test
    void theTableIsAMigrationOfTheApplicationsFlywayIfThatIsAskedFor() {
        application
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withPropertyValues("spring.flyway.locations=classpath:db/application,classpath:caravan/inbox")
                .run(context -> {
                    handle(context.getBean(Inbox.class), () -> {});

                    assertThat(applied(context)).containsExactly("V1__customers.sql", "R__saga_inbox.sql");
                });
    }

    private static List<String> applied(ApplicationContext context) {
        return List.of(context.getBean(Flyway.class).info().applied()).stream()
                .map(migration -> migration.getScript())
                .toList();
    }

    @Test
    void aParticipantHasItsMigrationsAndItsInboxInASchemaOfItsOwnBesideTheApplicationsFlyway() {
        application
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withPropertyValues(
                        "spring.flyway.locations=classpath:db/application",
                        "caravan.participants.tickets.schema=tickets",
                        "caravan.participants.tickets.migrations=classpath:db/tickets")
                .withUserConfiguration(ReadsTickets.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    handle(context.getBean("tickets.inbox", Inbox.class), () -> {});

                    assertThat(tables(context))
                            .containsExactly(
                                    "public.customers",
                                    "public.flyway_schema_history",
                                    "tickets.flyway_schema_history",
                                    "tickets.saga_inbox",
                                    "tickets.tickets");
                    assertThat(rows(context, "tickets.saga_inbox")).isOne();
                });
    }

    /** Asks for its table while the context starts. */
    @Configuration(proxyBeanMethods = false)
    static class ReadsTickets {

        @Bean
        Integer tickets(JdbcTemplate jdbc) {
            return jdbc.queryForObject("SELECT COUNT(*) FROM tickets.tickets", Integer.class);
        }
    }

    private static int rows(ApplicationContext context, String table) {
        return context.getBean(JdbcTemplate.class).queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
    }

    @Test
    void migrationsNeedASchemaAndFlyway() {
        application
                .withPropertyValues("caravan.participants.tickets.migrations=classpath:db/tickets")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("needs caravan.participants.tickets.schema"));
        application
                .withClassLoader(new FilteredClassLoader("org.flywaydb"))
                .withPropertyValues(
                        "caravan.participants.tickets.schema=tickets",
                        "caravan.participants.tickets.migrations=classpath:db/tickets")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("add org.flywaydb:flyway-core"));
    }

    @Test
    void participantsOfOneDatabaseRememberEachInItsSchema() {
        application
                .withPropertyValues(
                        "caravan.participants.tickets.schema=tickets", "caravan.participants.cards.schema=cards")
                .run(context -> {
                    List<String> effects = new ArrayList<>();
                    handle(context.getBean("tickets.inbox", Inbox.class), () -> effects.add("ticket"));
                    handle(context.getBean("cards.inbox", Inbox.class), () -> effects.add("card"));

                    assertThat(effects).containsExactly("ticket", "card");
                    assertThat(tables(context)).containsExactly("cards.saga_inbox", "tickets.saga_inbox");
                });
    }

    @Test
    void theApplicationsOwnInboxComesFirst() {
        Inbox own = new PassThroughInbox();
        application
                .withBean("mine", Inbox.class, () -> own)
                .run(context -> assertThat(context).getBean(Inbox.class).isSameAs(own));
        application
                .withPropertyValues("caravan.participants.tickets.schema=tickets")
                .withBean("tickets.inbox", Inbox.class, () -> own)
                .run(context -> assertThat(context).getBean(Inbox.class).isSameAs(own));
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoDatabases {

        @Bean
        DataSource here() {
            return new DriverManagerDataSource(url());
        }

        @Bean
        DataSource there() {
            return new DriverManagerDataSource(url());
        }
    }

    @Test
    void eachParticipantOfTwoDatabasesHasTheInboxInItsOwn() {
        noDataSource
                .withUserConfiguration(TwoDatabases.class)
                .withPropertyValues(
                        "caravan.participants.tickets.data-source=here",
                        "caravan.participants.cards.data-source=there",
                        "caravan.participants.cards.schema=cards")
                .run(context -> {
                    JdbcTemplate there = new JdbcTemplate(context.getBean("there", DataSource.class));
                    Inbox cards = context.getBean("cards.inbox", Inbox.class);
                    there.execute("CREATE TABLE charges (id INT)");

                    handle(context.getBean("tickets.inbox", Inbox.class), () -> {});
                    assertThatThrownBy(() -> handle(cards, () -> {
                                there.update("INSERT INTO charges VALUES (1)");
                                throw new IllegalStateException("the card reader is out of order");
                            }))
                            .hasMessage("the card reader is out of order");

                    assertThat(tables(context.getBean("here", DataSource.class)))
                            .containsExactly("public.saga_inbox");
                    assertThat(tables(context.getBean("there", DataSource.class)))
                            .containsExactly("cards.saga_inbox", "public.charges");
                    assertThat(there.queryForObject("SELECT COUNT(*) FROM charges", Integer.class))
                            .isZero();
                    assertThat(there.queryForObject("SELECT COUNT(*) FROM cards.saga_inbox", Integer.class))
                            .isZero();
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class OneIsPrimary {

        @Bean
        DataSource here() {
            return new DriverManagerDataSource(url());
        }

        @Bean
        @Primary
        DataSource there() {
            return new DriverManagerDataSource(url());
        }
    }

    @Test
    void ofTwoDatabasesOneIsToBeNamedOrPrimary() {
        ApplicationContextRunner two = noDataSource.withUserConfiguration(TwoDatabases.class);

        two.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Inbox.class));
        two.withPropertyValues("caravan.participants.tickets.schema=tickets")
                .run(context -> assertThatThrownBy(() -> context.getBean("tickets.inbox"))
                        .rootCause()
                        .hasMessage("Participant tickets could have its inbox in any of [here, there]: name one with"
                                + " caravan.participants.tickets.data-source"));
        two.withPropertyValues("caravan.participants.tickets.data-source=nowhere")
                .run(context -> assertThatThrownBy(() -> context.getBean("tickets.inbox"))
                        .rootCause()
                        .hasMessage("caravan.participants.tickets.data-source is 'nowhere', and there is no such bean."
                                + " There are: [here, there]"));
        noDataSource.withUserConfiguration(OneIsPrimary.class).run(context -> {
            handle(context.getBean(Inbox.class), () -> {});
            assertThat(tables(context.getBean("there", DataSource.class))).containsExactly("public.saga_inbox");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoManagersOfTransactions {

        @Bean
        PlatformTransactionManager first(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        @Bean
        PlatformTransactionManager second(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }

    @Test
    void ofTwoTransactionManagersOfADatabaseOneIsToBeNamed() {
        ApplicationContextRunner two = application.withUserConfiguration(TwoManagersOfTransactions.class);

        two.withPropertyValues("caravan.participants.tickets.schema=tickets")
                .run(context -> assertThatThrownBy(() -> context.getBean("tickets.inbox"))
                        .rootCause()
                        .hasMessage("Participant tickets could have the transactions of any of [first, second]: name"
                                + " one with caravan.participants.tickets.transaction-manager"));
        two.withPropertyValues("caravan.participants.tickets.transaction-manager=second")
                .run(context -> assertThat(context).getBean("tickets.inbox").isNotNull());
    }

    /** A user of the database who may create nothing, and its settings; the owner keeps the database open. */
    private static ApplicationContextRunner asUser(
            ApplicationContextRunner application, SingleConnectionDataSource owner) {
        new JdbcTemplate(owner).execute("CREATE USER app PASSWORD 'secret'");
        return application.withPropertyValues(
                "spring.datasource.url=" + owner.getUrl(),
                "spring.datasource.username=app",
                "spring.datasource.password=secret");
    }

    private static SingleConnectionDataSource owner() {
        return new SingleConnectionDataSource("jdbc:h2:mem:" + UUID.randomUUID(), true);
    }

    @Test
    void whereTheTableCannotBeMadeTheErrorSaysWhatToDo() {
        SingleConnectionDataSource owner = owner();

        asUser(application, owner).run(context -> assertThatThrownBy(() -> context.getBean(Inbox.class))
                .hasRootCauseInstanceOf(SQLException.class)
                .hasStackTraceContaining("The inbox has no table saga_inbox, and it cannot be made: Not enough rights")
                .hasStackTraceContaining("caravan.participant.create-table=false"));
        owner.destroy();
    }

    @Test
    void needsNoRightToCreateWhatIsThere() {
        SingleConnectionDataSource owner = owner();
        new InboxScript(owner, "tickets").run();

        asUser(application, owner)
                .withPropertyValues("caravan.participants.tickets.schema=tickets")
                .run(context -> {
                    new JdbcTemplate(owner).execute("GRANT ALL ON tickets.saga_inbox TO app");
                    handle(context.getBean("tickets.inbox", Inbox.class), () -> {});
                    assertThat(rows(context, "tickets.saga_inbox")).isOne();
                });
        owner.destroy();
    }

    @Test
    void makesNoTableWhereThatIsForbidden() {
        application.withPropertyValues("caravan.participant.create-table=false").run(context -> {
            context.getBean(Inbox.class);
            assertThat(tables(context)).isEmpty();
        });
    }

    @Test
    void anExternalActionIsWaitedForAsLongAsTheBeanOfTheApplicationSays() {
        String[] settings = {"caravan.participants.tickets.external-limit=7m"};
        application.withPropertyValues(settings).run(context -> assertThat(busyMinutes(context))
                .isEqualTo(7));
        application
                .withPropertyValues(settings)
                .withPropertyValues("spring.datasource.url=" + url())
                .withBean("tickets.external-limit", Duration.class, () -> Duration.ofMinutes(9))
                .run(context -> assertThat(busyMinutes(context)).isEqualTo(9));
    }

    /** Of an action that is at work, from its row. */
    private static long busyMinutes(ApplicationContext context) throws Exception {
        List<Long> minutes = new ArrayList<>();
        context.getBean("tickets.inbox", Inbox.class).handle(command("tickets"), Inbox.Effect.EXTERNAL, () -> {
            minutes.add(context.getBean(JdbcTemplate.class)
                    .queryForObject("SELECT DATEDIFF(MINUTE, updated_at, busy_until) FROM saga_inbox", Long.class));
            return null;
        });
        return minutes.get(0);
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @Bean
        static InboxListening listening(ObjectProvider<ParticipantListener> listeners) {
            return new InboxListening(listeners);
        }
    }

    @Test
    void theApplicationsListenersHearOfDuplicates() {
        List<ParticipantEvent> events = new ArrayList<>();
        application
                .withUserConfiguration(Listening.class)
                .withBean("listener", ParticipantListener.class, () -> events::add)
                .run(context -> {
                    handle(context.getBean(Inbox.class), () -> {});
                    handle(context.getBean(Inbox.class), () -> {});

                    assertThat(events)
                            .extracting(ParticipantEvent::kind)
                            .containsExactly(ParticipantEvent.Kind.DUPLICATE);
                });
    }
}
