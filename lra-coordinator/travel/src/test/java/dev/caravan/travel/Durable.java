package dev.caravan.travel;

import java.nio.file.Path;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.JmsComponent;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.activemq.ActiveMQAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The same application with Caravan: the line with the service is gone, and there are settings. Its one argument is which. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = {ActiveMQAutoConfiguration.class, DataSourceAutoConfiguration.class})
class Durable {

    public static void main(String[] arguments) {
        Application application = Application.valueOf(arguments[0]);
        SpringApplication.run(
                Durable.class,
                "--spring.application.name=" + application.id(),
                "--travel.application=" + application,
                "--server.address=127.0.0.1",
                "--server.port=" + System.getProperty(application.id() + ".callbacks"),
                "--caravan.instance-id=" + application.id(),
                "--caravan.lra.callback-secret=a secret of these tests",
                "--camel.lra.coordinator-url=" + System.getProperty("coordinator.url"),
                "--camel.main.run-controller=true",
                "--camel.component.kafka.brokers=" + System.getProperty("kafka.brokers"));
        System.out.println(Application.READY);
    }

    @Bean
    JmsComponent jms() {
        return JmsComponent.jmsComponentAutoAcknowledge(new ActiveMQConnectionFactory(System.getProperty("jms.url")));
    }

    @Bean
    RouteBuilder routes(@Value("${travel.application}") Application which) {
        return new TravelRoutes(which, Path.of(System.getProperty("ledgers")));
    }
}
