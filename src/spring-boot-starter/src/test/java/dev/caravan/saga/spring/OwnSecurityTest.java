package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;
import static org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers.springSecurity;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.DefaultMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application has its own security. The library is added to it, and nothing of its own changes. */
class OwnSecurityTest {

    private static final String[] CONSOLE = {
        "caravan.console.users[0].name=olga",
        "caravan.console.users[0].password={noop}mending",
        "caravan.console.users[0].role=OPERATOR"
    };
    private static final RequestPostProcessor ELSEWHERE = request -> {
        request.setRemoteAddr("192.0.2.7");
        return request;
    };

    /** An application, whether the library is in it, and whether the library's console has users. */
    private record Setting(String name, WebApplicationContextRunner runner, boolean library, boolean console) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Setting> settings(Class<?>... own) {
        WebApplicationContextRunner plain = new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DispatcherServletAutoConfiguration.class,
                        WebMvcAutoConfiguration.class,
                        SecurityAutoConfiguration.class,
                        UserDetailsServiceAutoConfiguration.class,
                        OAuth2ResourceServerAutoConfiguration.class))
                .withPropertyValues("spring.security.user.name=ann", "spring.security.user.password={noop}secret")
                .withUserConfiguration(own);
        WebApplicationContextRunner added = plain.withConfiguration(
                AutoConfigurations.of(WebGuardAutoConfiguration.class, ConsoleSecurityAutoConfiguration.class));
        return Stream.of(
                new Setting("without the library", plain, false, false),
                new Setting("with the library", added, true, false),
                new Setting("with its console", added.withPropertyValues(CONSOLE), true, true),
                new Setting(
                        "with its console on a laptop",
                        added.withPropertyValues(CONSOLE).withPropertyValues("server.address=127.0.0.1"),
                        true,
                        true));
    }

    /** Those who call back cannot log in: a coordinator has the signature of the URL only. */
    @ParameterizedTest
    @MethodSource("withBootsDefault")
    void letsTheCoordinatorCallBack(Setting setting) {
        check(setting.runner(), http -> {
            for (String path : List.of("/lra-participant/token", "/lra-coordinator/start")) {
                assertThat(status(http, put(path).with(ELSEWHERE))).as(path).isEqualTo(setting.library() ? 200 : 403);
            }
        });
    }

    /** Who answers a step by a link has no login; without a secret for links, there is nothing to open. */
    @ParameterizedTest
    @MethodSource("withBootsDefault")
    void letsALinkBeAnswered(Setting setting) {
        check(setting.runner(), http -> assertThat(
                        status(http, post("/saga-replies/token").with(ELSEWHERE)))
                .isEqualTo(403));
        check(setting.runner().withPropertyValues("caravan.reply-links.secret=a secret of 16 b"), http -> {
            assertThat(status(http, post("/saga-replies/token").with(ELSEWHERE)))
                    .isEqualTo(setting.library() ? 200 : 403);
            assertThat(status(http, get("/saga-replies/token").with(ELSEWHERE))).isEqualTo(401);
            assertThat(status(http, post("/saga-replies/token/more").with(ELSEWHERE)))
                    .isEqualTo(403);
        });
    }

    static Stream<Setting> withBootsDefault() {
        return settings(Everything.class);
    }

    static Stream<Setting> withAnOwnChain() {
        return settings(Everything.class, OwnChain.class);
    }

    static Stream<Setting> withAResourceServer() {
        return settings(Everything.class, Tokens.class);
    }

    @RestController
    static class Everything {
        @RequestMapping("/**")
        String anything() {
            return "here";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnChain {
        @Bean
        SecurityFilterChain own(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.requestMatchers("/secret")
                            .hasRole("CUSTOMER")
                            .anyRequest()
                            .permitAll())
                    .httpBasic(Customizer.withDefaults())
                    .formLogin(Customizer.withDefaults())
                    .csrf(csrf -> csrf.disable())
                    .build();
        }

        @Bean
        UserDetailsService customers() {
            return new InMemoryUserDetailsManager(User.withUsername("carl")
                    .password("{noop}shopping")
                    .roles("CUSTOMER")
                    .build());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Tokens {
        @Bean
        JwtDecoder tokens() {
            return token -> Jwt.withTokenValue(token)
                    .header("alg", "none")
                    .subject("program")
                    .claim("scope", token)
                    .expiresAt(Instant.MAX)
                    .build();
        }
    }

    private interface Check {
        void on(MockMvc http) throws Exception;
    }

    private static void check(WebApplicationContextRunner runner, Check check) {
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            DefaultMockMvcBuilder http =
                    MockMvcBuilders.webAppContextSetup(context).apply(springSecurity());
            if (context.containsBean("caravanLoopbackGuard")) {
                http.addFilters(context.getBean("caravanLoopbackGuard", FilterRegistrationBean.class)
                        .getFilter());
            }
            check.on(http.build());
        });
    }

    private static int status(MockMvc http, MockHttpServletRequestBuilder request) throws Exception {
        return http.perform(request.with(ELSEWHERE)).andReturn().getResponse().getStatus();
    }

    @ParameterizedTest
    @MethodSource
    void withBootsDefault(Setting setting) {
        check(setting.runner(), http -> {
            assertThat(status(http, get("/secret"))).isEqualTo(401);
            assertThat(status(http, get("/login")))
                    .as("the form of Spring Boot")
                    .isEqualTo(200);
            assertThat(status(http, get("/secret").with(httpBasic("ann", "secret"))))
                    .isEqualTo(200);
            assertThat(status(http, get("/secret").with(httpBasic("olga", "mending"))))
                    .as("who may see sagas is nobody here")
                    .isEqualTo(401);
            assertThat(status(http, post("/secret").with(httpBasic("ann", "secret"))))
                    .as("without a token of Spring Security")
                    .isEqualTo(403);
            if (setting.library()) {
                assertThat(status(http, get("/api/sagas"))).isEqualTo(401);
                assertThat(status(http, get("/api/sagas").with(httpBasic("ann", "secret"))))
                        .as("who has no role of the console")
                        .isEqualTo(setting.console() ? 401 : 403);
            }
        });
    }

    @ParameterizedTest
    @MethodSource
    void withAnOwnChain(Setting setting) {
        check(setting.runner(), http -> {
            assertThat(status(http, get("/secret"))).isEqualTo(401);
            assertThat(status(http, get("/public"))).isEqualTo(200);
            assertThat(status(http, post("/public"))).isEqualTo(200);
            assertThat(status(http, get("/secret").with(httpBasic("carl", "shopping"))))
                    .isEqualTo(200);
            assertThat(status(http, get("/secret").with(httpBasic("olga", "mending"))))
                    .isEqualTo(401);
            if (setting.library()) {
                for (String path : List.of("/api/sagas", "/api/sagas/x/events/0", "/actuator/jolokia/list")) {
                    assertThat(status(http, get(path))).as(path).isEqualTo(401);
                    assertThat(status(http, get(path).with(httpBasic("carl", "shopping"))))
                            .as("a customer at %s", path)
                            .isEqualTo(setting.console() ? 401 : 403);
                    assertThat(status(http, get(path).with(httpBasic("olga", "mending"))))
                            .isEqualTo(setting.console() ? 200 : 401);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource
    void withAResourceServer(Setting setting) {
        check(setting.runner(), http -> {
            assertThat(status(http, get("/secret"))).isEqualTo(401);
            assertThat(status(http, get("/secret").header("Authorization", "Bearer anything")))
                    .isEqualTo(200);
            assertThat(status(http, get("/secret").with(httpBasic("olga", "mending"))))
                    .isEqualTo(401);
            if (setting.library()) {
                assertThat(status(http, get("/api/sagas"))).isEqualTo(401);
                assertThat(status(http, get("/api/sagas").header("Authorization", "Bearer anything")))
                        .isEqualTo(setting.console() ? 401 : 403);
            }
        });
    }

    @Test
    void takesTheRolesThatTheApplicationNames() {
        WebApplicationContextRunner runner = withAResourceServer()
                .filter(setting -> setting.library() && !setting.console())
                .findFirst()
                .orElseThrow()
                .runner()
                .withPropertyValues("caravan.console.viewers=SCOPE_see", "caravan.console.operators=SCOPE_repair");
        check(runner, http -> {
            assertThat(status(http, get("/api/sagas").header("Authorization", "Bearer see")))
                    .isEqualTo(200);
            assertThat(status(http, get("/api/sagas/x/events/0").header("Authorization", "Bearer see")))
                    .isEqualTo(403);
            assertThat(status(http, post("/api/sagas/x/retry").header("Authorization", "Bearer see")))
                    .isEqualTo(403);
            assertThat(status(http, post("/api/sagas/x/retry").header("Authorization", "Bearer repair")))
                    .isEqualTo(200);
        });
    }

    /** A login at the console is none at the application, though both are in one session. */
    @Test
    void makesNobodyOfTheConsoleAUserOfTheApplication() {
        WebApplicationContextRunner runner = withAnOwnChain()
                .filter(Setting::console)
                .findFirst()
                .orElseThrow()
                .runner()
                .withPropertyValues("server.address=0.0.0.0", "caravan.console.operators=ROLE_CUSTOMER");
        check(runner, http -> {
            MockHttpSession session = (MockHttpSession) http.perform(post("/caravan/login")
                            .param("username", "olga")
                            .param("password", "mending")
                            .with(SecurityMockMvcRequestPostProcessors.csrf())
                            .with(ELSEWHERE))
                    .andReturn()
                    .getRequest()
                    .getSession(false);
            assertThat(session).isNotNull();
            assertThat(status(http, get("/api/sagas").session(session))).isEqualTo(200);
            assertThat(status(http, get("/secret").session(session))).isEqualTo(401);
        });
    }

    @Test
    void addsNoUsersThatTheApplicationWouldFind() {
        withBootsDefault()
                .filter(Setting::console)
                .findFirst()
                .orElseThrow()
                .runner()
                .run(context -> {
                    assertThat(context).hasSingleBean(UserDetailsService.class);
                    assertThat(context).doesNotHaveBean(AuthenticationManager.class);
                    assertThat(context.getBean(UserDetailsService.class)
                                    .loadUserByUsername("ann")
                                    .isEnabled())
                            .isTrue();
                });
    }
}
