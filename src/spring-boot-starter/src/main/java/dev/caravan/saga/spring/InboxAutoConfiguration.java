package dev.caravan.saga.spring;

import dev.caravan.saga.participant.Inbox;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The inbox of an application with one database, or a primary one, that has made and named none. An application without
 * a participant that asks for it gets no table.
 */
@AutoConfiguration(after = ParticipantsAutoConfiguration.class)
@ConditionalOnClass({CamelContext.class, JdbcOperations.class})
class InboxAutoConfiguration {

    @Bean
    @Lazy
    @ConditionalOnSingleCandidate(DataSource.class)
    @ConditionalOnMissingBean(Inbox.class)
    Inbox caravanInbox(ListableBeanFactory beans) {
        return new ParticipantInboxes(beans).inbox("caravan", ParticipantProperties.NONE);
    }
}
