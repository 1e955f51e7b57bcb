package com.example.tickets;

import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** The application with a Kafka of its own, which forgets everything when it stops: {@code mvn spring-boot:test-run}. */
class TestTicketApplication {

    public static void main(String[] arguments) {
        EmbeddedKafkaKraftBroker kafka = new EmbeddedKafkaKraftBroker(1, 4);
        kafka.afterPropertiesSet();
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::destroy));
        System.setProperty("camel.component.kafka.brokers", kafka.getBrokersAsString());
        TicketApplication.main(arguments);
    }
}
