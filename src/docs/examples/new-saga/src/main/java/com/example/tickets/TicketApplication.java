package com.example.tickets;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Sells tickets. Its saga is in {@code routes/ticket-saga.camel.xml}. Each command has its effect once: the inbox is in the
 * database of the business.
 */
@SpringBootApplication
public class TicketApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(TicketApplication.class, arguments);
    }
}
