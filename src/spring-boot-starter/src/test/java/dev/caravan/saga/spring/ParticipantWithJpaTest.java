package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.StepAction;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.domain.EntityScan;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/** With JPA, the row of the inbox and the entities of the action are one transaction. */
class ParticipantWithJpaTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    ParticipantsAutoConfiguration.class,
                    InboxAutoConfiguration.class))
            .withUserConfiguration(Entities.class)
            .withPropertyValues(
                    "spring.datasource.url=jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID()),
                    "spring.jpa.hibernate.ddl-auto=create");

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = ParticipantWithJpaTest.class)
    static class Entities {}

    @Entity(name = "Booking")
    static class Booking {

        @Id
        String id;
    }

    private static void handle(ApplicationContext context, StepAction action) throws Exception {
        context.getBean(Inbox.class)
                .handle(
                        new SagaCommand(new SagaId("saga-1"), new Step("BOOK", 1), "hotel", "Book", null, Phase.ACTION),
                        Inbox.Effect.LOCAL,
                        action);
    }

    private static void book(ApplicationContext context) {
        Booking booking = new Booking();
        booking.id = "room-1";
        EntityManager entities =
                SharedEntityManagerCreator.createSharedEntityManager(context.getBean(EntityManagerFactory.class));
        entities.persist(booking);
        entities.flush();
    }

    private static int rows(ApplicationContext context, String table) {
        return context.getBean(JdbcTemplate.class).queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
    }

    @Test
    void keepsBothOrNeither() {
        application.run(context -> {
            assertThatThrownBy(() -> handle(context, () -> {
                        book(context);
                        throw new IllegalStateException("the hotel burns");
                    }))
                    .hasMessage("the hotel burns");
            assertThat(rows(context, "booking")).isZero();
            assertThat(rows(context, "saga_inbox")).isZero();

            handle(context, () -> {
                book(context);
                return null;
            });
            assertThat(rows(context, "booking")).isOne();
            assertThat(rows(context, "saga_inbox")).isOne();
        });
    }
}
