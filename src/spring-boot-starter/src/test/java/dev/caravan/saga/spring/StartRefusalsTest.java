package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaLog;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.springboot.KafkaComponentAutoConfiguration;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.InMemorySagaService;
import org.apache.camel.service.lra.LRASagaService;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an application is told that cannot start as it is. There is no Kafka. */
@ExtendWith(OutputCaptureExtension.class)
class StartRefusalsTest {

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        CamelAutoConfiguration.class,
        KafkaComponentAutoConfiguration.class,
        CaravanAutoConfiguration.class,
        LraAutoConfiguration.class,
        NoWebServerAutoConfiguration.class
    })
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class LogInMemory {

        @Bean
        SagaLog log() {
            return new InMemorySagaLog();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ARouteWithASaga {

        @Bean
        RouteBuilder order() {
            return new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:order").routeId("order").saga().to("direct:done");
                    from("direct:done").routeId("done").log("done");
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ServiceInCode {

        @Bean
        RouteBuilder service() {
            return new RouteBuilder() {
                @Override
                public void configure() throws Exception {
                    getContext().addService(new InMemorySagaService(), true);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LraServiceInCode {

        @Bean
        RouteBuilder service() {
            return new RouteBuilder() {
                @Override
                public void configure() throws Exception {
                    getContext().addService(new LRASagaService());
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ServiceAsBean {

        @Bean
        CamelSagaService mySagas() {
            return new InMemorySagaService();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LraServiceAsBean {

        @Bean
        CamelSagaService mySagas() {
            return new LRASagaService();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ServiceOfASaga {

        @Bean
        RouteBuilder order() {
            return new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:order")
                            .routeId("order")
                            .saga()
                            .sagaService(new InMemorySagaService())
                            .to("log:done");
                }
            };
        }
    }

    private static ConfigurableApplicationContext start(Class<?>[] sources, String... settings) {
        return new SpringApplicationBuilder(Application.class)
                .sources(sources)
                .web(WebApplicationType.NONE)
                .run(Stream.concat(
                                Stream.of(
                                        "--spring.main.banner-mode=off",
                                        "--spring.jmx.enabled=false",
                                        "--caravan.kafka-timeout=100ms",
                                        "--camel.component.kafka.brokers=127.0.0.1:1"),
                                Stream.of(settings))
                        .toArray(String[]::new));
    }

    private static void isRefused(String refused, String remedy, Class<?>[] sources, String... settings) {
        assertThatThrownBy(() -> start(sources, settings).close())
                .rootCause()
                .isInstanceOfSatisfying(StartRefusedException.class, refusal -> {
                    assertThat(refusal.refused()).containsPattern(refused);
                    assertThat(refusal.remedy()).contains(remedy);
                });
    }

    private static Class<?>[] with(Class<?>... sources) {
        return sources;
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "lra"})
    void aServiceThatConfigurePutsInIsRefusedWithTheLine(String coordinator) {
        isRefused(
                "InMemorySagaService is put into the Camel context by addService, at .*ServiceInCode.*\\(StartRefusalsTest\\.java:\\d+\\)",
                "Remove that line",
                with(LogInMemory.class, ServiceInCode.class, ARouteWithASaga.class),
                "--caravan.coordinator=" + coordinator);
        isRefused(
                "LRASagaService is put into the Camel context by addService, at .*LraServiceInCode.*\\(StartRefusalsTest\\.java:\\d+\\)",
                "Remove that line",
                with(LogInMemory.class, LraServiceInCode.class, ARouteWithASaga.class),
                "--caravan.coordinator=" + coordinator);
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "lra"})
    void aServiceThatIsABeanIsRefusedByItsName(String coordinator) {
        isRefused(
                "The bean mySagas is a saga service of its own, .*InMemorySagaService",
                "Remove that bean",
                with(LogInMemory.class, ServiceAsBean.class, ARouteWithASaga.class),
                "--caravan.coordinator=" + coordinator);
        isRefused(
                "The bean mySagas is a saga service of its own, .*LRASagaService",
                "Remove that bean",
                with(LogInMemory.class, LraServiceAsBean.class, ARouteWithASaga.class),
                "--caravan.coordinator=" + coordinator);
    }

    @Test
    void aServiceThatASagaAsksForIsRefusedWithTheRoute() {
        isRefused(
                "The saga of route order \\(StartRefusalsTest\\.java:\\d+\\) asks for the service .*InMemorySagaService",
                "Remove sagaService from that saga",
                with(LogInMemory.class, ServiceOfASaga.class),
                "--caravan.coordinator=log");
    }

    @Test
    void withoutCaravansSagasAServiceIsTheApplicationsBusiness() {
        try (ConfigurableApplicationContext context =
                start(with(ServiceAsBean.class, ARouteWithASaga.class), "--caravan.coordinator=none")) {
            assertThat(context.getBean(CamelSagaService.class)).isInstanceOf(InMemorySagaService.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--caravan.coordinator=log", "--caravan.coordinator=lra", "--spring.application.name="})
    void anApplicationWithoutANameSaysWhatToSet(String setting) {
        isRefused("This application has no name\\.", "Set spring.application.name", with(), setting);
    }

    @Test
    void sagasWithoutAWebServerSayWhatToDoInsteadInModeLra() {
        isRefused(
                "has sagas, caravan.coordinator is lra, and there is no servlet web server",
                "Set caravan.coordinator=log",
                with(LogInMemory.class, ARouteWithASaga.class));
    }

    @Test
    void anApplicationWithoutSagasNeedsNoWebServer() {
        try (ConfigurableApplicationContext context = start(with(LogInMemory.class))) {
            assertThat(context.isRunning()).isTrue();
        }
    }

    @Test
    void kafkaThatDoesNotAnswerIsToldInTwoSentencesWithoutNestedExceptions(CapturedOutput output) {
        assertThatThrownBy(
                        () -> start(with(), "--spring.application.name=orders").close())
                .hasStackTraceContaining("Kafka at 127.0.0.1:1 did not answer within");

        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .containsPattern("Description:\\s+Kafka at 127\\.0\\.0\\.1:1 did not answer within")
                .containsPattern("Action:\\s+Is it running, and is camel\\.component\\.kafka\\.brokers right\\?")
                .doesNotContain("\tat org.springframework");
    }
}
