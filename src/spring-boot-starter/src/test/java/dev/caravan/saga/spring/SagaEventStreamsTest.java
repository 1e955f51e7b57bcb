package dev.caravan.saga.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.Executors;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Clients of the event stream that behave badly, and a real server. */
class SagaEventStreamsTest {

    private static final int CLIENTS = 300;
    private static final AtomicInteger UNSENT = new AtomicInteger();
    private static final ManualTimers TIMERS = new ManualTimers();
    private static final InMemorySagaLog LOG = new InMemorySagaLog();

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private ConfigurableApplicationContext server;
    private SagaEventStreams streams;

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        JacksonAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        ServletWebServerFactoryAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class
    })
    static class Server {

        @Bean
        SagaView view() {
            SagaView view = new SagaView(LOG, TIMERS.clock(), 100, Duration.ofMinutes(5));
            view.follow();
            return view;
        }

        /** Held by a request until it is back at the filters, so that nothing is written by another thread before. */
        @Bean
        ReadWriteLock requests() {
            return new ReentrantReadWriteLock();
        }

        @Bean
        SagaEventStreams streams(SagaView view, ReadWriteLock requests) {
            Executor threads = Executors.blocking("streams", 4);
            Executor workers = write -> threads.execute(() -> {
                requests.readLock().lock();
                try {
                    write.run();
                } finally {
                    requests.readLock().unlock();
                }
            });
            return new SagaEventStreams(view, TIMERS, workers, CLIENTS, CLIENTS);
        }

        @Bean
        SagaController controller(SagaView view, SagaEventStreams streams) {
            SagaHost host = TestEngine.on(LOG, TIMERS).build().host();
            return new SagaController(view, host, streams, Runnable::run, TIMERS.clock());
        }

        /** As filters for security do: headers of the answer are set when the request has gone by. */
        @Bean
        Filter headers(ReadWriteLock requests) {
            return (request, response, chain) -> {
                requests.writeLock().lock();
                try {
                    chain.doFilter(request, response);
                    if (request.isAsyncStarted() && !response.isCommitted()) {
                        UNSENT.incrementAndGet();
                    }
                } finally {
                    requests.writeLock().unlock();
                }
                for (int i = 0; i < 20; i++) {
                    ((HttpServletResponse) response).setHeader("X-Header-" + i, "safe");
                }
            };
        }
    }

    @BeforeEach
    void start() {
        server = new SpringApplicationBuilder(Server.class)
                .properties("server.port=0", "server.address=127.0.0.1", "spring.config.name=none")
                .run();
        streams = server.getBean(SagaEventStreams.class);
        lines.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(lines);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(lines);
        server.close();
    }

    /** So Tomcat itself, on its own thread, ends a request whose client was gone before the request was back. */
    private static boolean hasResetBeforeItsRequestWasBack(ILoggingEvent line) {
        return line.getThrowableProxy() != null
                && line.getThrowableProxy().getMessage() != null
                && line.getThrowableProxy().getMessage().endsWith("Async state [MUST_ERROR]");
    }

    private Socket send(String request) throws IOException {
        int port = ((ServletWebServerApplicationContext) server).getWebServer().getPort();
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.getOutputStream().write(request.getBytes(UTF_8));
        return client;
    }

    @Test
    void leavesTheResponseOfAClientThatResetsToTheServer() throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            Socket client = send("GET /api/sagas/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            client.setSoLinger(true, 0);
            if (i % 3 > 0) {
                client.getInputStream().read();
            }
            client.close();
            append(i);
        }

        assertThat(UNSENT)
                .as("headers that another thread sends while filters set them")
                .hasValue(0);
        await().untilAsserted(() -> {
            TIMERS.advance(Duration.ofSeconds(15));
            assertThat(streams.size()).isZero();
        });
        for (int i = 0; i < 20; i++) {
            try (Socket client =
                    send("GET /api/sagas/overview HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
                assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                        .startsWith("HTTP/1.1 200");
            }
        }
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .filteredOn(line -> !hasResetBeforeItsRequestWasBack(line))
                .extracting(line -> line.getFormattedMessage()
                        + (line.getThrowableProxy() == null
                                ? ""
                                : " " + line.getThrowableProxy().getClassName() + ": "
                                        + line.getThrowableProxy().getMessage()))
                .isEmpty();
    }

    @Test
    void holdsNoConnectionForHead() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (Socket client =
                    send("HEAD /api/sagas/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
                assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                        .startsWith("HTTP/1.1 200");
            }
        }
        assertThat(streams.size()).isZero();
    }

    private static void append(int number) {
        SagaEvent start = new SagaEvent.Start("trip", null, "key", TextNode.valueOf("my holiday"), Map.of());
        LOG.append(
                new SagaLogEntry(new SagaId("trip-" + number), 0, TIMERS.clock().instant(), start));
    }
}
