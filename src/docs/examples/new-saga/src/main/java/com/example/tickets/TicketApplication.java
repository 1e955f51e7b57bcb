package com.example.tickets;

import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.InboxRetention;
import dev.caravan.saga.participant.JdbcInbox;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;

/** Sells tickets. Its saga is in {@code routes/ticket-saga.camel.xml}. */
@SpringBootApplication
public class TicketApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(TicketApplication.class, arguments);
    }

    /** Each command has its effect once: the inbox is in the database of the business. */
    @Bean
    Inbox inbox(JdbcOperations jdbc, PlatformTransactionManager transactions, Clock clock) {
        return new JdbcInbox(jdbc, transactions, new MessageCodec(), clock, null);
    }

    @Bean
    InboxRetention inboxRetention(JdbcOperations jdbc, PlatformTransactionManager transactions, Clock clock) {
        return new InboxRetention(jdbc, transactions, clock, null);
    }
}
