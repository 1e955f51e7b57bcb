package dev.caravan.saga.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Who may look at sagas and repair them. Without a login on the loopback address, and then for this machine's own
 * requests only; with a login elsewhere. What the application offers beside sagas is its own matter: this is about
 * {@code /api/sagas}, {@code /actuator} and an LRA coordinator in the same process.
 *
 * <p>An application that has a {@link SecurityFilterChain} or a {@link UserDetailsService} of its own keeps it.
 */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
            "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration"
        })
@ConditionalOnClass({SecurityFilterChain.class, HttpSecurity.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(ConsoleProperties.class)
public class ConsoleSecurityAutoConfiguration {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConsoleSecurityAutoConfiguration.class);

    private static final String SAGAS = "/api/sagas/**";
    private static final String DEAD_LETTERS = "/api/dead-letters/**";
    private static final String ACTUATOR = "/actuator/**";
    private static final String COORDINATOR = "/lra-coordinator/**";
    private static final String[] GUARDED = {SAGAS, DEAD_LETTERS, ACTUATOR, COORDINATOR, "/login", "/logout"};
    private static final String[] OPEN = {
        "/actuator/health", "/actuator/health/**", "/actuator/prometheus", "/login", "/logout"
    };
    private static final String VIEWER = ConsoleProperties.Role.VIEWER.name();
    private static final String OPERATOR = ConsoleProperties.Role.OPERATOR.name();
    private static final String STARTER = ConsoleProperties.Role.STARTER.name();

    @Bean
    @ConditionalOnMissingBean(UserDetailsService.class)
    UserDetailsService caravanConsoleUsers(ConsoleProperties properties) {
        PasswordEncoder encoder = PasswordEncoderFactories.createDelegatingPasswordEncoder();
        List<UserDetails> users = properties.users().stream()
                .map(user -> User.withUsername(user.name())
                        .password(user.password().startsWith("{") ? user.password() : encoder.encode(user.password()))
                        .roles(roles(user.role()))
                        .build())
                .toList();
        return new InMemoryUserDetailsManager(users);
    }

    private static String[] roles(ConsoleProperties.Role role) {
        return role == ConsoleProperties.Role.OPERATOR ? new String[] {VIEWER, OPERATOR} : new String[] {role.name()};
    }

    @Bean
    @ConditionalOnMissingBean(SecurityFilterChain.class)
    SecurityFilterChain caravanConsoleSecurity(
            HttpSecurity http,
            ConsoleProperties properties,
            @Value("${server.address:}") String address,
            @Value("${caravan.lra.coordinator.secret:}") String coordinatorSecret)
            throws Exception {
        http.securityMatcher(anyOf(GUARDED));
        if (properties.login() == ConsoleProperties.Login.AUTO && isLoopback(address)) {
            return http.csrf(csrf -> csrf.disable())
                    .addFilterBefore(new LoopbackGuard(), SecurityContextHolderFilter.class)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
        if (properties.users().isEmpty()) {
            LOGGER.warn(
                    "Nobody can look at sagas over HTTP: a login is needed, and caravan.console.users names nobody");
        }
        return http.authorizeHttpRequests(requests -> rules(requests, coordinatorSecret))
                .formLogin(Customizer.withDefaults())
                .httpBasic(basic -> basic.authenticationEntryPoint(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)))
                .exceptionHandling(refused -> refused.defaultAuthenticationEntryPointFor(
                                new LoginUrlAuthenticationEntryPoint("/login"), pages())
                        .defaultAuthenticationEntryPointFor(
                                new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED), request -> true))
                .csrf(csrf -> csrf.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse())
                        .csrfTokenRequestHandler(new CsrfTokenOfScripts())
                        .ignoringRequestMatchers(ConsoleSecurityAutoConfiguration::usesNoCookie))
                .build();
    }

    private static void rules(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry requests,
            String coordinatorSecret) {
        requests.requestMatchers(anyOf(OPEN))
                .permitAll()
                .requestMatchers(WholePath.of(HttpMethod.GET, "/api/sagas/*/events/*"))
                .hasRole(OPERATOR)
                .requestMatchers(
                        WholePath.of(HttpMethod.GET, "/api/sagas/overview"),
                        WholePath.of(HttpMethod.GET, "/api/sagas/events"),
                        WholePath.of(HttpMethod.GET, "/api/sagas/access"))
                .hasRole(VIEWER)
                .requestMatchers(WholePath.of(HttpMethod.GET, "/api/sagas/*"))
                .hasAnyRole(VIEWER, STARTER)
                .requestMatchers(WholePath.of(HttpMethod.POST, "/api/sagas/*"))
                .hasAnyRole(OPERATOR, STARTER)
                .requestMatchers(
                        WholePath.of(HttpMethod.GET, SAGAS),
                        WholePath.of(HttpMethod.GET, DEAD_LETTERS),
                        WholePath.of(HttpMethod.GET, ACTUATOR))
                .hasRole(VIEWER)
                .requestMatchers(
                        WholePath.of(HttpMethod.POST, "/actuator/jolokia/**"),
                        WholePath.of(HttpMethod.POST, "/actuator/hawtio/**"))
                .hasRole(VIEWER)
                .requestMatchers(WholePath.of(COORDINATOR))
                .access((login, context) -> new AuthorizationDecision(isOfThisMachine(context)
                        || hasSecret(context.getRequest(), coordinatorSecret)
                        || AuthorityAuthorizationManager.<RequestAuthorizationContext>hasRole(OPERATOR)
                                .authorize(login, context)
                                .isGranted()))
                .anyRequest()
                .hasRole(OPERATOR);
    }

    private static RequestMatcher anyOf(String... paths) {
        return new OrRequestMatcher(Arrays.stream(paths).map(WholePath::of).toList());
    }

    /** A browser asks for a page; a program that takes anything does not. */
    private static RequestMatcher pages() {
        MediaTypeRequestMatcher pages = new MediaTypeRequestMatcher(MediaType.TEXT_HTML);
        pages.setIgnoredMediaTypes(Set.of(MediaType.ALL));
        return pages;
    }

    private static boolean isOfThisMachine(RequestAuthorizationContext context) {
        return isLoopback(context.getRequest().getRemoteAddr());
    }

    /** As the coordinator itself asks for: its participants log in nowhere. */
    private static boolean hasSecret(HttpServletRequest request, String secret) {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        return !secret.isBlank()
                && authorization != null
                && MessageDigest.isEqual(
                        ("Bearer " + secret).getBytes(StandardCharsets.UTF_8),
                        authorization.getBytes(StandardCharsets.UTF_8));
    }

    /** A page of another origin can make a browser send its cookie, but not a header with a password. */
    private static boolean usesNoCookie(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.AUTHORIZATION) != null
                || request.getRequestURI().startsWith("/lra-coordinator/");
    }

    private static boolean isLoopback(String address) {
        try {
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
