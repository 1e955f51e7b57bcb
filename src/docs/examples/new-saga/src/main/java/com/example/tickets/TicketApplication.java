package com.example.tickets;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Sells tickets. Its saga is in {@code routes/ticket-saga.camel.xml}. Each command has its effect once: the inbox is in the
 * database of the business.
 */
@SpringBootApplication
public class TicketApplication {

    public static void main(String[] arguments) {
        new SpringApplicationBuilder(TicketApplication.class)
                .initializers(new EmbeddedBroker())
                .run(arguments);
    }
}
