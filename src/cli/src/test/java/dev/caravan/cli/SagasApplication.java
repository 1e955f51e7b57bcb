package dev.caravan.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.spring.CaravanProperties;
import dev.caravan.saga.spring.ConsoleSecurityAutoConfiguration;
import dev.caravan.saga.spring.MonitoringAutoConfiguration;
import dev.caravan.saga.spring.WebGuardAutoConfiguration;
import dev.caravan.saga.state.Attributes;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.saga.time.SystemTimers;
import dev.caravan.saga.time.Timers;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;

/** An application with the REST interface and the logins of the starter, whose log is in memory. */
final class SagasApplication implements AutoCloseable {

    static final Step PAY = new Step("PAY", 1);

    private final ConfigurableApplicationContext context;

    SagasApplication(String... settings) {
        context = new SpringApplicationBuilder(Parts.class)
                .run(Stream.concat(
                                Stream.of(
                                        "--server.port=0",
                                        "--server.address=127.0.0.1",
                                        "--spring.main.banner-mode=off",
                                        "--caravan.coordinator=log",
                                        "--caravan.api.operator=true"),
                                Stream.of(settings))
                        .toArray(String[]::new));
    }

    String url() {
        return "http://localhost:"
                + ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    LiveSaga start(String id) {
        SagaEvent.Start start = new SagaEvent.Start("trip", null, "key-of-" + id, null, Map.of());
        LiveSaga saga =
                context.getBean(SagaHost.class).start(new SagaId(id), start).join();
        saga.append(new Attributes(Map.of("city", "Rome"))).join();
        saga.enlist("PAY", "direct:refund", null, Map.of()).join();
        return saga;
    }

    void fail(String id, String code) {
        LiveSaga saga = start(id);
        saga.append(new SagaEvent.Fail(PAY, "no seat")).join();
        saga.append(new SagaEvent.StepCompensateFailed(PAY, 3, "refunds are closed", code))
                .join();
        saga.append(new SagaEvent.CompensateFail(PAY, "refunds are closed")).join();
    }

    /** Gives corrected data that waits to be confirmed, as an instance does that crashes before it is sent. */
    void propose(String id, Map<String, Object> data, String who) {
        SagaLog log = context.getBean(SagaLog.class);
        SagaId saga = new SagaId(id);
        long next = SagaState.replay(saga, log.read(saga)).nextSequence();
        log.append(new SagaLogEntry(
                saga, next, Clock.systemUTC().instant(), new StepCorrection(PAY, data, who, "moved", null)));
    }

    /** Has the participants of all sagas tell this from now on. */
    void answers(ObjectNode held) {
        context.getBean(Participants.class).held = held;
    }

    void await(String id) {
        Awaits.StepAwaits awaits = new Awaits.StepAwaits(
                PAY, "approval", null, Clock.systemUTC().instant().plus(Duration.ofDays(1)), null, null, null, null);
        start(id).append(awaits).join();
    }

    @Override
    public void close() {
        context.close();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableConfigurationProperties(CaravanProperties.class)
    @ImportAutoConfiguration({
        ServletWebServerFactoryAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        ErrorMvcAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        PropertyPlaceholderAutoConfiguration.class,
        JacksonAutoConfiguration.class,
        SecurityAutoConfiguration.class,
        SecurityFilterAutoConfiguration.class,
        WebGuardAutoConfiguration.class,
        ConsoleSecurityAutoConfiguration.class,
        MonitoringAutoConfiguration.class
    })
    static class Parts {

        /** All that has no chain of its own is left to whoever else guards it. */
        @Bean
        SecurityFilterChain open(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .csrf(AbstractHttpConfigurer::disable)
                    .build();
        }

        @Bean
        CamelContext camelContext() {
            return new DefaultCamelContext();
        }

        @Bean
        SagaLog log() {
            return new InMemorySagaLog();
        }

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }

        @Bean
        SystemTimers timers(Clock clock, ExecutorService caravanWorkers) {
            return new SystemTimers(clock, caravanWorkers);
        }

        @Bean
        ExecutorService caravanWorkers() {
            return Executors.newFixedThreadPool(2);
        }

        @Bean
        SensitiveFields caravanSensitiveFields() {
            return SensitiveFields.NONE;
        }

        @Bean
        Participants participants(ObjectProvider<SagaHost> host) {
            return new Participants(host);
        }

        @Bean
        SagaEngine engine(SagaLog log, Timers timers, Participants participants) {
            SagaEngine engine = TestEngine.on(log, timers)
                    .commands(participants)
                    .partitions(OwnedPartitions.Ends.UNTOLD)
                    .recovery(host -> new Undoing())
                    .build();
            engine.partitions().gained(0, 0, 0);
            AtomicLong offset = new AtomicLong();
            log.follow(entry -> engine.partitions().read(0, offset.getAndIncrement(), entry));
            return engine;
        }

        @Bean
        SagaHost host(SagaEngine engine) {
            return engine.host();
        }

        @Bean
        SagaOperator operator(SagaEngine engine) {
            return engine.operator();
        }

        @Bean
        SagaAnswers answers(SagaEngine engine) {
            return engine.answers();
        }
    }

    /** A bank that may tell what it holds, and does nothing. */
    private static final class Participants implements CommandSender {

        private final ObjectProvider<SagaHost> host;
        private volatile ObjectNode held;

        private Participants(ObjectProvider<SagaHost> host) {
            this.host = host;
        }

        @Override
        public CompletionStage<Void> send(SagaCommand command, Map<String, String> headers) {
            ObjectNode told = held;
            if (Question.isOne(command) && told != null) {
                host.getObject().replies().deliver(Question.of(command).answer(told.deepCopy()), "bank");
            }
            return CompletableFuture.completedFuture(null);
        }
    }

    /** What is retried is undone. */
    private static final class Undoing implements SagaRecovery {

        @Override
        public void resume(LiveSaga saga) {
            saga.append(new SagaEvent.CompensateSuccess(PAY)).join();
            saga.append(new SagaEvent.CompensateComplete()).join();
        }

        @Override
        public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
            return saga.append(reason);
        }
    }
}
