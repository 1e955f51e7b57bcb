package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.main.CaravanConfiguration;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * How a saga ends whose exception an error handler took, or its author settled: the same in Spring Boot and in camel-main,
 * over one Kafka.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutcomesIT {

    /** Who runs the routes. */
    enum Runtime {
        SPRING_BOOT,
        CAMEL_MAIN
    }

    /** What becomes of the exception. */
    enum Taken {
        BY_A_DEAD_LETTER_CHANNEL,
        BY_ON_EXCEPTION,
        BY_A_MARK_FOR_ROLLBACK,
        BY_DO_TRY,
        BY_CONTINUED;

        /** With these, the author went on. */
        boolean isSettled() {
            return this == BY_DO_TRY || this == BY_CONTINUED;
        }
    }

    /** Whose route fails. */
    enum Place {
        A_PARTICIPANT_THAT_REJECTS,
        A_PARTICIPANT,
        A_COMPENSATION,
        A_COMPLETION,
        THE_ROUTE_OF_THE_SAGA;

        SagaStatus expected(Taken taken) {
            return taken.isSettled()
                    ? this == A_COMPENSATION ? SagaStatus.COMPENSATED : SagaStatus.COMPLETED
                    : switch (this) {
                        case A_COMPENSATION -> SagaStatus.FAILED;
                        case A_COMPLETION -> SagaStatus.COMPLETED;
                        default -> SagaStatus.COMPENSATED;
                    };
        }

        /** How often the route that fails is run. */
        int tries(Taken taken) {
            return taken.isSettled() || this == A_PARTICIPANT_THAT_REJECTS || this == THE_ROUTE_OF_THE_SAGA ? 1 : 3;
        }
    }

    private static final class Routes extends RouteBuilder {

        private final String application;
        private final Map<String, Integer> tries = new ConcurrentHashMap<>();

        /** @param application its participants are its own */
        private Routes(String application) {
            this.application = application;
        }

        @Override
        public void configure() {
            for (Taken taken : Taken.values()) {
                for (Place place : Place.values()) {
                    configure(taken, place, name(taken, place));
                }
            }
        }

        private void configure(Taken taken, Place place, String name) {
            boolean fails = place == Place.A_COMPENSATION;
            RouteDefinition saga = from("direct:" + name).routeId(name);
            Place failing = Place.THE_ROUTE_OF_THE_SAGA;
            if (place == failing) {
                handler(saga, taken);
            }
            var block = saga.saga().propagation(SagaPropagation.REQUIRES_NEW).to("direct:step-" + name);
            if (place == failing) {
                act(block, taken, fails(place, name));
            } else if (fails) {
                block.throwException(new IllegalStateException("the saga is to be undone"));
            }
            from("direct:step-" + name)
                    .routeId("step-" + name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name)
                    .completion("direct:confirm-" + name)
                    .to("saga-command:" + application + name + "/Act?timeout=1m");
            callback("direct:undo-" + name, taken, place == Place.A_COMPENSATION, place, name);
            callback("direct:confirm-" + name, taken, place == Place.A_COMPLETION, place, name);
            RouteDefinition participant = from("saga-command:" + application + name
                            + "/Act?idempotent=true&attempts=3&retryDelay=10ms")
                    .routeId("act-" + name);
            if (place == Place.A_PARTICIPANT || place == Place.A_PARTICIPANT_THAT_REJECTS) {
                handler(participant, taken);
                act(participant, taken, fails(place, name));
            } else {
                participant.process(exchange -> {});
            }
        }

        private void callback(String uri, Taken taken, boolean fails, Place place, String name) {
            RouteDefinition route = from(uri).routeId(uri.substring("direct:".length()));
            if (fails) {
                handler(route, taken);
                act(route, taken, fails(place, name));
            } else {
                route.process(exchange -> {});
            }
        }

        private void handler(RouteDefinition route, Taken taken) {
            switch (taken) {
                case BY_A_DEAD_LETTER_CHANNEL -> route.errorHandler(deadLetterChannel("log:dead?level=OFF"));
                case BY_ON_EXCEPTION ->
                    route.onException(Exception.class)
                            .handled(true)
                            .process(exchange -> {})
                            .end();
                case BY_CONTINUED ->
                    route.onException(Exception.class)
                            .continued(true)
                            .process(exchange -> {})
                            .end();
                default -> {}
            }
        }

        private static void act(ProcessorDefinition<?> route, Taken taken, Processor processor) {
            switch (taken) {
                case BY_A_MARK_FOR_ROLLBACK ->
                    route.doTry()
                            .process(processor)
                            .doCatch(Exception.class)
                            .markRollbackOnly()
                            .end();
                case BY_DO_TRY ->
                    route.doTry()
                            .process(processor)
                            .doCatch(Exception.class)
                            .process(exchange -> {})
                            .end();
                default -> route.process(processor);
            }
        }

        /** A completion works in the end: it is never given up. */
        private Processor fails(Place place, String name) {
            return exchange -> {
                int tried = tries.merge(name, 1, Integer::sum);
                if (place == Place.A_PARTICIPANT_THAT_REJECTS) {
                    throw new StepRejectedException("NO", "not today");
                }
                if (place != Place.A_COMPLETION || tried < 3) {
                    throw new IllegalStateException("the database is away");
                }
            };
        }
    }

    private final Map<Runtime, Routes> routes = new EnumMap<>(Runtime.class);
    private final Map<Runtime, SagaStarter> starters = new EnumMap<>(Runtime.class);
    private final Main main = new Main();
    private EmbeddedKafka kafka;
    private ConfigurableApplicationContext spring;

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Configuration {

        @Bean
        Routes routes() {
            return new Routes("spring-");
        }
    }

    private static String name(Taken taken, Place place) {
        return (place + "-" + taken).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @BeforeAll
    void start(@TempDir Path directory) {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        Map<String, Object> settings = Map.of(
                "caravan.coordinator", "log",
                "camel.component.kafka.brokers", kafka.bootstrapServers(),
                "caravan.compensation.attempts", "3",
                "caravan.partitions", "1",
                "caravan.compensation.initial-delay", "10ms");
        Routes ofMain = new Routes("main-");
        main.addInitialProperty("camel.main.name", "of-main");
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        settings.forEach((name, value) -> main.addInitialProperty(name, (String) value));
        main.configure().addRoutesBuilder(ofMain);
        main.start();
        routes.put(Runtime.CAMEL_MAIN, ofMain);
        starters.put(Runtime.CAMEL_MAIN, main.lookup("caravanSagaStarter", SagaStarter.class));
        spring = new SpringApplicationBuilder(Configuration.class)
                .properties(settings)
                .run("--spring.application.name=of-spring", "--server.port=0", "--server.address=127.0.0.1");
        routes.put(Runtime.SPRING_BOOT, spring.getBean(Routes.class));
        starters.put(Runtime.SPRING_BOOT, spring.getBean(SagaStarter.class));
    }

    @AfterAll
    void stop() {
        spring.close();
        main.stop();
        kafka.close();
    }

    static Stream<Arguments> all() {
        return Stream.of(Runtime.values()).flatMap(runtime -> Stream.of(Place.values())
                .flatMap(place -> Stream.of(Taken.values()).map(taken -> Arguments.of(runtime, place, taken))));
    }

    @ParameterizedTest
    @MethodSource("all")
    void endsAsItsRouteSays(Runtime runtime, Place place, Taken taken) throws Exception {
        SagaState saga = starters.get(runtime)
                .start("direct:" + name(taken, place), "trip", name(taken, place), Map.of())
                .ended()
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(saga.status()).isEqualTo(place.expected(taken));
        assertThat(routes.get(runtime).tries).containsEntry(name(taken, place), place.tries(taken));
    }
}
