package dev.caravan.saga.spring;

import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.InboxRetention;
import dev.caravan.saga.participant.JdbcInbox;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;

/** Makes the inbox of a participant, its table with it, and has its old rows removed from time to time. */
final class ParticipantInboxes {

    private final ListableBeanFactory beans;

    ParticipantInboxes(ListableBeanFactory beans) {
        this.beans = beans;
    }

    Inbox inbox(String participant, ParticipantProperties settings) {
        ParticipantDatabase database = new ParticipantDatabase(beans, participant, settings);
        DataSource dataSource = database.dataSource();
        JdbcOperations jdbc = database.jdbc(dataSource);
        PlatformTransactionManager transactions = database.transactionManager(dataSource);
        Clock clock = beans.getBeanProvider(Clock.class).getIfUnique(Clock::systemUTC);
        Inbox inbox = new JdbcInbox(
                jdbc, transactions, new MessageCodec(), clock, settings.schema(), externalLimit(participant, settings));
        if (settings.migrations() == null
                && beans.getBean(CaravanProperties.class).participant().createTable()) {
            new InboxScript(dataSource, settings.schema()).run();
        }
        DatabaseHost.check(participant, dataSource);
        beans.getBeanProvider(InboxHousekeeping.class)
                .ifAvailable(housekeeping ->
                        housekeeping.add(new InboxRetention(jdbc, transactions, clock, settings.schema())));
        return inbox;
    }

    private Duration externalLimit(String participant, ParticipantProperties settings) {
        String own = participant + ".external-limit";
        return beans.containsBean(own) ? beans.getBean(own, Duration.class) : settings.externalLimit();
    }
}
