package dev.caravan.travel;

import java.nio.file.Path;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jms.JmsComponent;
import org.apache.camel.saga.InMemorySagaService;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.jms.activemq.ActiveMQAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** An application with Spring Boot that takes orders over REST, with Caravan. Its arguments are its settings. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = ActiveMQAutoConfiguration.class)
class Orders {

    public static void main(String[] arguments) {
        SpringApplication.run(Orders.class, arguments);
        System.out.println(Application.READY);
    }

    /** As the application had it before. */
    @Bean
    @ConditionalOnProperty("own.service")
    InMemorySagaService sagas() {
        return new InMemorySagaService();
    }

    @Bean
    JmsComponent jms() {
        return jms(System.getProperty("jms.url"));
    }

    static JmsComponent jms(String url) {
        return JmsComponent.jmsComponentAutoAcknowledge(new ActiveMQConnectionFactory(url));
    }

    @Bean
    RouteBuilder routes() {
        return new OrdersRoutes(Path.of(System.getProperty("effects")));
    }

    /** An order that fails is answered 500. */
    @RestController
    static class Entrance {

        private final ProducerTemplate camel;

        Entrance(ProducerTemplate camel) {
            this.camel = camel;
        }

        @PostMapping("/orders")
        void order(@RequestBody String order) {
            camel.requestBody("direct:order", order);
        }
    }
}
