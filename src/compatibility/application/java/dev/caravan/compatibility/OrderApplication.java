package dev.caravan.compatibility;

import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.participant.StepRejectedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.apache.kafka.common.utils.AppInfoParser;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Orders, with an inbox, REST, a login and metrics: compiled and run by each line of Camel and Spring Boot. */
@SpringBootApplication
public class OrderApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(OrderApplication.class, arguments);
    }

    /** The application's own paths are open. */
    @Bean
    SecurityFilterChain orders(HttpSecurity http) throws Exception {
        return http.securityMatcher("/orders/**", "/effects/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .csrf(csrf -> csrf.disable())
                .build();
    }

    /** The same saga in Java; and who does the steps. */
    @Component
    static class Routes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:order-java")
                    .routeId("order-java")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay-java")
                    .to("direct:ship");
            from("direct:pay-java")
                    .routeId("pay-java")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .completion("direct:receipt")
                    .to("saga-command:payment/Pay?timeout=1h");
            from("direct:order-waits")
                    .routeId("order-waits")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay-java")
                    .to("direct:approve");
            from("direct:approve")
                    .routeId("approve")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .to("saga-await:approval?timeout=48h");
            from("saga-command:payment/Pay").to("bean:effects?method=pay(${header.CaravanSagaId})");
            from("saga-command:payment/Refund").to("bean:effects?method=refund(${header.CaravanSagaId})");
            from("saga-command:payment/Receipt").to("bean:effects?method=receipt(${header.CaravanSagaId})");
            from("saga-command:shipping/Ship")
                    .to("bean:effects?method=ship(${header.CaravanSagaId}, ${body[country]})");
        }
    }

    /** What was done, each in the transaction of its command. */
    @Component("effects")
    public static class Effects {

        private final JdbcClient jdbc;
        private final Path directory;

        Effects(JdbcClient jdbc, @Value("${orders.directory}") Path directory) {
            this.jdbc = jdbc;
            this.directory = directory;
        }

        public void pay(String sagaId) {
            add(sagaId, "PAID");
        }

        public void refund(String sagaId) {
            add(sagaId, "REFUNDED");
        }

        public void receipt(String sagaId) {
            add(sagaId, "RECEIPT");
        }

        /** Nothing is sent to nowhere; what goes to the island waits for the ship. */
        public void ship(String sagaId, String country) throws Exception {
            if (country.equals("nowhere")) {
                throw new StepRejectedException("There is no such country");
            }
            if (country.equals("island") && Files.notExists(directory.resolve("ship"))) {
                Files.createFile(directory.resolve("waits"));
                Thread.currentThread().join();
            }
            add(sagaId, "SHIPPED");
        }

        private void add(String sagaId, String what) {
            jdbc.sql("INSERT INTO effects (saga_id, what) VALUES (?, ?)")
                    .params(sagaId, what)
                    .update();
        }

        List<String> of(String sagaId) {
            return jdbc.sql("SELECT what FROM effects WHERE saga_id = ? ORDER BY id")
                    .param(sagaId)
                    .query(String.class)
                    .list();
        }
    }

    /** Starts sagas, and says what they have done. */
    @RestController
    static class Orders {

        private final SagaStarter starter;
        private final Effects effects;

        Orders(SagaStarter starter, Effects effects) {
            this.starter = starter;
            this.effects = effects;
        }

        @PostMapping("/orders/{route}")
        CompletableFuture<String> start(@PathVariable String route, @RequestBody Map<String, String> order) {
            return starter.start("direct:" + route, order, order.get("id"), Map.of())
                    .accepted()
                    .thenApply(sagaId -> sagaId.value());
        }

        /** Those of Kafka that it speaks with its broker by. */
        @GetMapping("/orders/clients")
        String clients() {
            return AppInfoParser.getVersion();
        }

        @GetMapping("/effects/{sagaId}")
        List<String> effects(@PathVariable String sagaId) {
            return effects.of(sagaId);
        }
    }
}
