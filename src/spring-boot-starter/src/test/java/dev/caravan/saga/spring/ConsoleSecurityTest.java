package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers.springSecurity;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import jakarta.servlet.http.MappingMatch;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletMapping;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who gets in. Everything that is let through is answered 200. */
class ConsoleSecurityTest {

    private static final List<String> GUARDED = List.of(
            "/api/sagas",
            "/api/sagas/overview",
            "/api/sagas/groups",
            "/api/sagas/export",
            "/api/sagas/openapi.json",
            "/api/sagas/actions",
            "/api/sagas/actions/1a2b3c4d",
            "/api/sagas/events",
            "/api/sagas/access",
            "/api/sagas/trip-1",
            "/api/sagas/trip-1/events/0",
            "/api/lras",
            "/api/lras/0_ffff7f000001_1_2",
            "/api/dead-letters",
            "/actuator/sagas",
            "/actuator/jolokia",
            "/actuator/jolokia/list",
            "/actuator/hawtio",
            "/actuator/hawtio/index.html",
            "/actuator/hawtio/jolokia");
    private static final List<String> POSTED = List.of(
            "/api/sagas/trip-1/retry",
            "/api/sagas/trip-1/resolve",
            "/api/sagas/trip-1/cancel",
            "/api/sagas/order-saga",
            "/api/sagas/actions",
            "/api/lras/0_ffff7f000001_1_2/cancel",
            "/api/lras/0_ffff7f000001_1_2/forget",
            "/api/dead-letters/saga-logs/replay");
    private static final String[] USERS = {
        "caravan.console.users[0].name=vic",
        "caravan.console.users[0].password=seeing",
        "caravan.console.users[0].role=VIEWER",
        "caravan.console.users[1].name=olga",
        "caravan.console.users[1].password={noop}mending",
        "caravan.console.users[1].role=OPERATOR",
        "caravan.console.users[2].name=order-service",
        "caravan.console.users[2].password=starting",
        "caravan.console.users[2].role=STARTER"
    };
    private static final RequestPostProcessor ELSEWHERE = request -> {
        request.setRemoteAddr("192.0.2.7");
        return request;
    };

    private final WebApplicationContextRunner application = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    SecurityAutoConfiguration.class,
                    WebGuardAutoConfiguration.class,
                    ConsoleSecurityAutoConfiguration.class))
            .withUserConfiguration(Everything.class, Open.class);
    private final WebApplicationContextRunner remote =
            application.withPropertyValues("server.address=0.0.0.0").withPropertyValues(USERS);

    @RestController
    static class Everything {
        @RequestMapping("/**")
        String anything() {
            return "here";
        }
    }

    private interface Check {
        void on(MockMvc http) throws Exception;
    }

    private static void check(WebApplicationContextRunner runner, Check check) {
        runner.run(context -> check.on(MockMvcBuilders.webAppContextSetup(context)
                .apply(springSecurity())
                .addFilters(context.getBean("caravanLoopbackGuard", FilterRegistrationBean.class)
                        .getFilter())
                .build()));
    }

    private static int status(MockMvc http, MockHttpServletRequestBuilder request) throws Exception {
        return http.perform(request).andReturn().getResponse().getStatus();
    }

    @Test
    void needsNoLoginOnALaptop() {
        for (String loopback : List.of("127.0.0.1", "localhost", "::1")) {
            check(application.withPropertyValues("server.address=" + loopback), http -> {
                assertThat(status(http, get("/api/sagas").header("Host", "localhost:8080")))
                        .isEqualTo(200);
                assertThat(status(http, post("/api/sagas/trip-1/retry").header("Host", "127.0.0.1:8080")))
                        .isEqualTo(200);
            });
        }
    }

    @Test
    void refusesPagesOfOtherOriginsOnALaptop() {
        check(application.withPropertyValues("server.address=127.0.0.1"), http -> {
            for (UnaryOperator<MockHttpServletRequestBuilder> foreign :
                    List.<UnaryOperator<MockHttpServletRequestBuilder>>of(
                            request -> request.header("Host", "evil.example:8080"),
                            request -> request.header("Host", "localhost.evil.example"),
                            request -> request.header("Host", "localhost:8080").header("Origin", "http://evil.example"),
                            request -> request.header("Host", "localhost:8080").header("Origin", "null"),
                            request -> request.header("Host", "localhost:8080")
                                    .header("Origin", "http://localhost:3000"))) {
                assertThat(status(http, foreign.apply(get("/api/sagas")))).isEqualTo(403);
                assertThat(status(http, foreign.apply(post("/api/sagas/trip-1/cancel"))))
                        .isEqualTo(403);
                assertThat(status(http, foreign.apply(post("/actuator/jolokia"))))
                        .isEqualTo(403);
            }
            assertThat(status(
                            http,
                            post("/api/sagas/trip-1/retry")
                                    .header("Host", "localhost:8080")
                                    .header("Origin", "http://localhost:8080")))
                    .isEqualTo(200);
        });
    }

    @Test
    void letsNobodyInWithoutALoginElsewhere() {
        for (String address : List.of("0.0.0.0", "", "192.0.2.1")) {
            check(application.withPropertyValues("server.address=" + address).withPropertyValues(USERS), http -> {
                for (String path : GUARDED) {
                    assertThat(status(http, get(path).with(ELSEWHERE))).as(path).isEqualTo(401);
                }
                for (HttpMethod method :
                        List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.PATCH)) {
                    for (String path : POSTED) {
                        assertThat(status(
                                        http,
                                        MockMvcRequestBuilders.request(method, path)
                                                .with(ELSEWHERE)))
                                .as("%s %s", method, path)
                                .isIn(401, 403);
                    }
                }
                assertThat(status(http, get("/actuator/health/readiness").with(ELSEWHERE)))
                        .isEqualTo(200);
                assertThat(status(http, get("/actuator/prometheus").with(ELSEWHERE)))
                        .isEqualTo(200);
            });
        }
    }

    @Test
    void needsALoginOnALaptopThatAsksForOne() {
        check(
                application.withPropertyValues("server.address=127.0.0.1", "caravan.console.login=always"),
                http -> assertThat(status(http, get("/api/sagas").header("Host", "localhost")))
                        .isEqualTo(401));
    }

    /** Jolokia and the coordinator are servlets: what leads to them is within no servlet of Spring. */
    @Test
    void guardsOtherServletsToo() {
        check(remote, http -> {
            for (String servlet : List.of("/actuator/jolokia")) {
                RequestPostProcessor mapped = request -> {
                    request.setRemoteAddr("192.0.2.7");
                    request.setServletPath(servlet);
                    request.setHttpServletMapping(
                            new MockHttpServletMapping("list", servlet + "/*", "other", MappingMatch.PATH));
                    return request;
                };
                assertThat(status(http, get(servlet + "/list").with(mapped)))
                        .as(servlet)
                        .isEqualTo(401);
                assertThat(status(http, post(servlet).with(mapped))).as(servlet).isIn(401, 403);
            }
        });
    }

    @Test
    void leadsABrowserToTheLogin() {
        check(remote, http -> {
            assertThat(http.perform(get("/actuator/hawtio/sagas").accept("text/html"))
                            .andReturn()
                            .getResponse()
                            .getRedirectedUrl())
                    .endsWith("/caravan/login");
            assertThat(status(http, get("/caravan/login"))).isEqualTo(200);
        });
    }

    @Test
    void letsAViewerLookAndDoNothing() {
        check(remote, http -> {
            assertThat(status(http, get("/api/sagas").with(httpBasic("vic", "seeing"))))
                    .isEqualTo(200);
            assertThat(status(http, get("/actuator/hawtio/index.html").with(httpBasic("vic", "seeing"))))
                    .isEqualTo(200);
            assertThat(status(http, post("/actuator/hawtio/jolokia").with(httpBasic("vic", "seeing"))))
                    .isEqualTo(200);
            assertThat(status(http, get("/api/sagas/trip-1/events/0").with(httpBasic("vic", "seeing"))))
                    .isEqualTo(403);
            for (String path : POSTED) {
                assertThat(status(http, post(path).with(ELSEWHERE).with(httpBasic("vic", "seeing"))))
                        .as(path)
                        .isEqualTo(403);
            }
        });
    }

    @Test
    void refusesWithAProblem() {
        check(remote, http -> {
            refusesWithAProblem(http, get("/api/sagas"), 401);
            refusesWithAProblem(http, get("/api/sagas").with(httpBasic("olga", "seeing")), 401);
            refusesWithAProblem(http, post("/api/sagas/actions"), 403);
            refusesWithAProblem(http, post("/api/sagas/actions").with(httpBasic("vic", "seeing")), 403);
        });
    }

    private static void refusesWithAProblem(MockMvc http, MockHttpServletRequestBuilder request, int status)
            throws Exception {
        MockHttpServletResponse response =
                http.perform(request.with(ELSEWHERE)).andReturn().getResponse();

        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getContentType()).isEqualTo("application/problem+json");
        assertThat(response.getContentAsString()).startsWith("{\"status\":%d,\"detail\":\"".formatted(status));
    }

    @Test
    void letsAnOperatorRepair() {
        check(remote, http -> {
            for (String path : POSTED) {
                assertThat(status(http, post(path).with(ELSEWHERE).with(httpBasic("olga", "mending"))))
                        .as(path)
                        .isEqualTo(200);
            }
            assertThat(status(http, get("/api/sagas/trip-1/events/0").with(httpBasic("olga", "mending"))))
                    .isEqualTo(200);
        });
    }

    @Test
    void makesNoSessionForAStranger() {
        check(remote, http -> {
            for (MockHttpServletRequestBuilder request : List.of(
                    get("/api/sagas"),
                    get("/actuator/hawtio/index.html").accept("text/html"),
                    get("/caravan/login"),
                    get("/api/sagas").with(httpBasic("olga", "seeing")),
                    get("/api/sagas").with(httpBasic("olga", "mending")),
                    post("/caravan/login")
                            .param("username", "olga")
                            .param("password", "seeing")
                            .with(csrf()))) {
                MvcResult result = http.perform(request.with(ELSEWHERE)).andReturn();
                assertThat(result.getRequest().getSession(false))
                        .as(result.getRequest().getRequestURI())
                        .isNull();
            }
        });
    }

    @Test
    void slowsWhoSendsWrongPasswordsAndLetsOthersIn() {
        check(remote, http -> {
            for (int i = 0; i < 5; i++) {
                assertThat(status(http, get("/api/sagas").with(ELSEWHERE).with(httpBasic("olga", "wrong" + i))))
                        .isEqualTo(401);
            }
            MvcResult slowed = http.perform(get("/api/sagas").with(ELSEWHERE).with(httpBasic("olga", "mending")))
                    .andReturn();
            assertThat(slowed.getResponse().getStatus()).isEqualTo(429);
            assertThat(slowed.getResponse().getHeader("Retry-After")).isEqualTo("1");
            assertThat(status(http, get("/api/sagas").with(httpBasic("olga", "mending"))))
                    .isEqualTo(200);
            assertThat(status(http, get("/api/sagas").with(ELSEWHERE).with(httpBasic("olga", "mending"))))
                    .as("a password that was right needs no look")
                    .isEqualTo(200);
        });
    }

    /** Somebody on this machine has set a proxy in front of an application that listens on the loopback address. */
    @Test
    void needsALoginBehindAProxy() {
        check(application.withPropertyValues("server.address=127.0.0.1").withPropertyValues(USERS), http -> {
            for (String header : List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via")) {
                assertThat(status(
                                http,
                                get("/api/sagas").header("Host", "localhost").header(header, "1")))
                        .as(header)
                        .isEqualTo(401);
                assertThat(status(
                                http,
                                get("/api/sagas")
                                        .header("Host", "shop.example")
                                        .header(header, "1")
                                        .with(httpBasic("vic", "seeing"))))
                        .as(header)
                        .isEqualTo(200);
            }
        });
    }

    @Test
    void letsAProgramStartSagasAndAskHowTheyEnd() {
        RequestPostProcessor program = httpBasic("order-service", "starting");
        check(remote, http -> {
            assertThat(status(
                            http, post("/api/sagas/order-saga").with(ELSEWHERE).with(program)))
                    .isEqualTo(200);
            assertThat(status(http, get("/api/sagas/trip-1").with(ELSEWHERE).with(program)))
                    .isEqualTo(200);
            for (String path : GUARDED) {
                if (!path.equals("/api/sagas/trip-1")) {
                    assertThat(status(http, get(path).with(ELSEWHERE).with(program)))
                            .as(path)
                            .isEqualTo(403);
                }
            }
            for (String path : POSTED) {
                if (!path.equals("/api/sagas/order-saga")) {
                    assertThat(status(http, post(path).with(ELSEWHERE).with(program)))
                            .as(path)
                            .isEqualTo(403);
                }
            }
        });
    }

    @Test
    void refusesAWrongPassword() {
        check(remote, http -> assertThat(status(http, get("/api/sagas").with(httpBasic("olga", "seeing"))))
                .isEqualTo(401));
    }

    @Test
    void refusesAPostOfASessionWithoutItsToken() {
        check(remote, http -> {
            assertThat(status(
                            http,
                            post("/api/sagas/trip-1/retry").with(user("olga").roles("VIEWER", "OPERATOR"))))
                    .isEqualTo(403);
            assertThat(status(
                            http,
                            post("/api/sagas/trip-1/retry")
                                    .with(user("olga").roles("VIEWER", "OPERATOR"))
                                    .with(csrf())))
                    .isEqualTo(200);
        });
    }

    @Test
    void letsNobodyInWhenThereAreNoUsers() {
        check(application.withPropertyValues("server.address=0.0.0.0"), http -> assertThat(
                        status(http, get("/api/sagas").with(httpBasic("user", "password"))))
                .isEqualTo(401));
    }

    @Test
    void leavesTheRestOfTheApplicationAlone() {
        check(remote, http -> assertThat(status(http, get("/api/orders").with(ELSEWHERE)))
                .isEqualTo(200));
    }

    @Test
    void refusesAUserWithoutARole() {
        application
                .withPropertyValues(
                        "caravan.console.users[0].name=vic", "caravan.console.users[0].password=x", "server.address=")
                .run(context -> assertThat(context).hasFailed());
    }

    /** As the orchestrator has it: what is no matter of the console is open. */
    @Configuration(proxyBeanMethods = false)
    static class Open {
        @Bean
        SecurityFilterChain open() {
            return new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE);
        }
    }
}
