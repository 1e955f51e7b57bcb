package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jolokia.service.jsr160.Jsr160RequestHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Attacks over HTTP on an application of somebody, without Spring Security, with Hawtio and all of Jolokia, its proxy to
 * other processes too.
 */
class WebAttacksTest {

    private ConfigurableApplicationContext application;

    /** Nothing of Camel: what guards an application does not hang on sagas running. */
    @SpringBootConfiguration
    @EnableAutoConfiguration(
            exclude = {
                SecurityAutoConfiguration.class,
                SecurityFilterAutoConfiguration.class,
                UserDetailsServiceAutoConfiguration.class,
                ManagementWebSecurityAutoConfiguration.class,
                DataSourceAutoConfiguration.class,
                FlywayAutoConfiguration.class,
                CaravanAutoConfiguration.class,
                HealthAutoConfiguration.class,
                LraAutoConfiguration.class,
                MonitoringAutoConfiguration.class,
                ChoreographyAutoConfiguration.class,
                TracingAutoConfiguration.class
            },
            excludeName = "org.apache.camel.spring.boot.CamelAutoConfiguration")
    @RestController
    static class Application {
        @RequestMapping({"/api/sagas/**", "/api/lras/**", "/api/dead-letters", "/own"})
        String answer() {
            return "here";
        }
    }

    private int start(String... settings) {
        application = new SpringApplicationBuilder(Application.class)
                .properties("server.address=127.0.0.1")
                .run(Stream.concat(
                                Stream.of(
                                        "--server.port=0",
                                        "--spring.main.banner-mode=off",
                                        "--spring.jmx.enabled=true",
                                        "--hawtio.authenticationEnabled=false",
                                        "--management.endpoints.web.exposure.include=jolokia,hawtio,health"),
                                Stream.of(settings))
                        .toArray(String[]::new));
        return ((WebServerApplicationContext) application).getWebServer().getPort();
    }

    @AfterEach
    void stop() {
        if (application != null) {
            application.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--management.endpoint.jolokia.config.disabledServices=none"})
    void connectsNowhereForARequestWithATarget(String setting) throws Exception {
        assertThat(Jsr160RequestHandler.class).as("the proxy is there").isNotNull();
        int port = setting.isEmpty() ? start() : start(setting);
        try (ServerSocket registry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Socket> connected = accepted(registry);
            String request = """
                    {"type":"read","mbean":"java.lang:type=Runtime","%s":{"url":"service:jmx:rmi:///jndi/rmi://127.0.0.1:%d/x"}}""".formatted("target", registry.getLocalPort());
            String list = request.replace("\"read\"", "\"list\"");
            for (String body : List.of(
                    request,
                    list,
                    "[" + request + "]",
                    "[{\"type\":\"version\"}," + list + "," + request + "]",
                    request.replace("\"target\"", "\"\\u0074arget\""),
                    request.replace("{\"type\"", "{\"target\":null,\"type\""))) {
                for (String path : List.of("/actuator/jolokia", "/actuator/jolokia/", "/actuator/hawtio/jolokia")) {
                    String answer = RawHttp.send(port, "POST " + path, body, "Content-Type: application/json");
                    assertThat(answer).as("%s %s", path, body).contains("403").contains("leave out the field target");
                }
            }
            for (String query : List.of("target=x", "t%61rget=x", "TARGET=x")) {
                assertThat(RawHttp.status(RawHttp.send(port, "GET /actuator/jolokia/version?" + query, "")))
                        .isEqualTo(403);
            }
            assertConnectedBy(connected, registry);
        }
    }

    /** Hawtio passes requests on to what its path names. */
    @Test
    void passesNothingOnToAnotherPort() throws Exception {
        int port = start();
        try (ServerSocket victim = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Socket> connected = accepted(victim);
            for (String path : List.of(
                    "/actuator/hawtio/proxy/http/127.0.0.1/" + victim.getLocalPort() + "/x",
                    "/actuator/hawtio/%70roxy/http/127.0.0.1/" + victim.getLocalPort() + "/x",
                    "/actuator/hawtio/x/../proxy/http:/127.0.0.1:" + victim.getLocalPort() + "/x",
                    "/actuator/hawtio/proxy;a=b/http/127.0.0.1/" + victim.getLocalPort() + "/x")) {
                assertThat(RawHttp.status(RawHttp.send(port, "GET " + path, "")))
                        .as(path)
                        .isEqualTo(403);
            }
            assertConnectedBy(connected, victim);
        }
    }

    private static CompletableFuture<Socket> accepted(ServerSocket server) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return server.accept();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** The first who is connected is this test itself: connections are accepted in their order. */
    private static void assertConnectedBy(CompletableFuture<Socket> connected, ServerSocket server)
            throws IOException, ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        try (Socket own = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                Socket first = connected.get(HangLimit.SECONDS, TimeUnit.SECONDS)) {
            assertThat(first.getPort()).as("who connected first").isEqualTo(own.getLocalPort());
        }
    }

    @Test
    void letsAnotherPageSeeAndDoNothing() throws Exception {
        int port = start("--caravan.console.local-paths=/**");
        for (String request : List.of(
                "GET /api/sagas",
                "HEAD /api/sagas/events",
                "GET /api/sagas/x/events/0",
                "POST /api/sagas/x/cancel",
                "GET /api/lras",
                "POST /api/lras/1/cancel",
                "GET /actuator/jolokia/list",
                "GET /actuator/hawtio/index.html",
                "GET /actuator/health",
                "GET /own",
                "HEAD /own",
                "POST /own")) {
            for (String[] headers : new String[][] {
                {"Host: evil.example"},
                {"Host: localhost.evil.example:" + port},
                {"Host: evil.example@localhost"},
                {"Origin: http://evil.example"},
                {"Origin: null"},
                {"Origin: http://localhost:1"},
                {"Origin: https://localhost:" + port},
                {"Sec-Fetch-Site: cross-site"},
                {"Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors"},
                {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"},
                {"Referer: http://evil.example/page"},
                {"X-Forwarded-For: 192.0.2.1"},
                {"Forwarded: for=192.0.2.1"},
                {"X-Forwarded-Proto: https"},
            }) {
                assertThat(RawHttp.status(RawHttp.send(port, request, "", headers)))
                        .as("%s %s", request, List.of(headers))
                        .isIn(400, 401, 403);
            }
            assertThat(RawHttp.status(RawHttp.send(port, request, "")))
                    .as(request)
                    .isIn(200, 404);
        }
        assertThat(RawHttp.status(RawHttp.send(port, "POST /own", "a=b", "Content-Type: text/plain;charset=utf-8")))
                .isEqualTo(403);
        assertThat(RawHttp.status(RawHttp.send(
                        port, "POST /own", "{}", "Content-Type: application/json", "Origin: http://localhost:" + port)))
                .isEqualTo(200);
    }

    /** Where there is a login, what is open may come through a proxy; a page can add the proxy's headers itself. */
    @Test
    void passesOnForAProxyOnlyWhatItIsAskedForByItsName() throws Exception {
        int port = start(
                "--caravan.console.local-paths=/**",
                "--caravan.console.login=always",
                "--caravan.console.hosts=shop.example");
        String proxied = "X-Forwarded-For: 192.0.2.1";

        for (String[] headers : new String[][] {
            {proxied},
            {proxied, "Host: shop.example"},
            {proxied, "Host: SHOP.example:443", "Origin: https://shop.example"},
            {proxied, "Origin: https://shop.example"},
        }) {
            assertThat(RawHttp.status(RawHttp.send(port, "GET /own", "", headers)))
                    .as("%s", List.of(headers))
                    .isEqualTo(200);
        }
        for (String[] headers : new String[][] {
            {proxied, "Host: evil.example"},
            {proxied, "Host: shop.example.evil.example"},
            {proxied, "Host: shop.example", "Origin: https://evil.example"},
            {proxied, "Host: shop.example", "Origin: null"},
            {proxied, "Host: shop.example", "Sec-Fetch-Site: cross-site"},
            {"Host: shop.example"},
        }) {
            assertThat(RawHttp.status(RawHttp.send(port, "GET /own", "", headers)))
                    .as("%s", List.of(headers))
                    .isEqualTo(403);
        }
        assertThat(RawHttp.status(RawHttp.send(port, "GET /api/sagas", "", proxied)))
                .isEqualTo(401);
    }

    @Test
    void answersNoScriptOfAnotherPage() throws Exception {
        int port = start();
        for (String query : List.of("callback=cb", "%63allback=cb", "x=1&callback=cb", "callback")) {
            String answer = RawHttp.send(port, "GET /actuator/jolokia/version?" + query, "");
            assertThat(RawHttp.status(answer)).as(query).isEqualTo(403);
        }
        assertThat(RawHttp.send(
                        port,
                        "POST /actuator/jolokia",
                        "callback=cb",
                        "Content-Type: application/x-www-form-urlencoded"))
                .startsWith("HTTP/1.1 403");
        assertThat(RawHttp.status(RawHttp.send(port, "GET /actuator/jolokia/version", "")))
                .isEqualTo(200);
    }

    /** With a filter or a valve that takes the headers of a proxy away before anybody else sees them. */
    @ParameterizedTest
    @ValueSource(strings = {"native", "framework", "none"})
    void knowsAProxyWhateverIsMadeOfItsHeaders(String strategy) throws Exception {
        int port = start("--server.forward-headers-strategy=" + strategy);

        for (String header :
                List.of("X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: localhost", "Forwarded: for=_x")) {
            assertThat(RawHttp.status(RawHttp.send(port, "GET /api/sagas", "", header)))
                    .as(header)
                    .isEqualTo(401);
        }
        assertThat(RawHttp.status(RawHttp.send(port, "GET /api/sagas", "")))
                .as("the valve takes headers away: where it is, there is a proxy")
                .isEqualTo(strategy.equals("native") ? 401 : 200);
    }

    @Test
    void showsStrangersNothingWithoutSpringSecurity() throws Exception {
        int port = start("--server.address=0.0.0.0");

        for (String path : List.of(
                "/api/sagas",
                "/api/sagas/",
                "/api/%73agas",
                "/api/sagas;x=y",
                "/api;x/sagas/x/events/0",
                "/api/dead-letters",
                "/actuator/jolokia/list",
                "/x/../actuator/jolokia/list",
                "/actuator/./jolokia/list",
                "/actuator/hawtio/")) {
            assertThat(RawHttp.status(RawHttp.send(port, "GET " + path, "")))
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(RawHttp.status(RawHttp.send(port, "GET /own", ""))).isEqualTo(200);
        assertThat(RawHttp.status(RawHttp.send(port, "GET /own", "", "X-Forwarded-For: 1")))
                .isEqualTo(200);
        assertThat(RawHttp.status(RawHttp.send(port, "GET /actuator/health", "")))
                .isEqualTo(200);
    }

    @Test
    void guardsWhatTheApplicationHasPutElsewhere() throws Exception {
        int port = start(
                "--server.address=0.0.0.0",
                "--server.servlet.context-path=/app",
                "--spring.mvc.servlet.path=/mvc",
                "--management.endpoints.web.base-path=/manage",
                "--management.endpoints.web.path-mapping.jolokia=jmx");

        for (String path : List.of("/app/mvc/api/sagas", "/app/mvc/manage/jmx/list")) {
            assertThat(RawHttp.status(RawHttp.send(port, "GET " + path, "")))
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(RawHttp.status(RawHttp.send(port, "GET /app/mvc/own", ""))).isEqualTo(200);
    }

    @Test
    void guardsAPortOfTheActuatorsOwn() throws Exception {
        start("--management.server.port=0");
        int port = Integer.parseInt(application.getEnvironment().getRequiredProperty("local.management.port"));

        assertThat(RawHttp.status(RawHttp.send(port, "GET /actuator/jolokia/version", "")))
                .isEqualTo(401);
        assertThat(RawHttp.status(RawHttp.send(port, "GET /actuator/health", "")))
                .isEqualTo(200);
    }
}
