package dev.caravan.saga.spring;

import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.participant.StepRejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * An application with a saga of two steps, which needs nothing but the starter: it runs a saga that is completed and one
 * that is compensated, and says how they ended.
 */
final class SmallApplication {

    static final String EXPECTED =
            "ended: COMPLETED, COMPENSATED, after: booked Rome, flew to Rome, booked nowhere, cancelled";

    private SmallApplication() {}

    public static void main(String... settings) {
        try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Configuration.class)
                .properties("caravan.coordinator=log", "server.port=0", "server.address=127.0.0.1")
                .run(settings)) {
            SagaStarter starter = application.getBean(SagaStarter.class);
            String ends = Stream.of("Rome", "nowhere")
                    .map(trip -> starter.start("direct:trip", trip, trip, Map.of()))
                    .map(started -> started.ended().join().status().name())
                    .collect(Collectors.joining(", "));
            System.out.println(
                    "ended: " + ends + ", after: " + String.join(", ", application.getBean(Trips.class).journal));
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Configuration {

        @Bean
        Trips trips() {
            return new Trips();
        }

        @Bean
        RouteBuilder routes() {
            return new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:trip")
                            .routeId("trip")
                            .saga()
                            .to("direct:hotel")
                            .to("direct:flight");
                    from("direct:hotel")
                            .routeId("hotel")
                            .saga()
                            .compensation("direct:cancel")
                            .to("bean:trips?method=book");
                    from("direct:cancel").routeId("cancel").to("bean:trips?method=cancel");
                    from("direct:flight").routeId("flight").saga().to("bean:trips?method=fly");
                }
            };
        }
    }

    static class Trips {

        private final List<String> journal = new ArrayList<>();

        public synchronized void book(String trip) {
            journal.add("booked " + trip);
        }

        public synchronized void cancel() {
            journal.add("cancelled");
        }

        public synchronized void fly(String trip) {
            if (trip.equals("nowhere")) {
                throw new StepRejectedException("NO_FLIGHT", "Nothing flies there");
            }
            journal.add("flew to " + trip);
        }
    }
}
