package dev.caravan.saga.spring;

import dev.caravan.saga.time.SteadyClock;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.context.DelegatingSecurityContextRepository;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.savedrequest.CookieRequestCache;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * The login of the console, if {@code caravan.console.users} names somebody. It is about the paths of {@link
 * GuardedPaths} and its own two forms, and about nothing else: the application's paths, its users, its chains, and Spring
 * Boot's chain where the application has none stay as they are. So it comes last of all auto-configurations, when those
 * have looked whether there is a chain, and its chain first of all. Its users are in no bean, and who has logged in here
 * is nobody in the rest of the application.
 *
 * <p>Who may do what is not decided here but by {@link LoopbackGuard}, which takes other logins, too.
 */
@AutoConfiguration(
        after = WebGuardAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
            "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration",
            "org.springframework.boot.autoconfigure.security.oauth2.client.servlet.OAuth2ClientWebSecurityAutoConfiguration",
            "org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration",
            "org.springframework.boot.autoconfigure.security.oauth2.server.servlet.OAuth2AuthorizationServerAutoConfiguration",
            "org.springframework.boot.autoconfigure.security.saml2.Saml2RelyingPartyAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration",
            // Spring Boot 4
            "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
            "org.springframework.boot.security.oauth2.client.autoconfigure.servlet.OAuth2ClientWebSecurityAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerAutoConfiguration",
            "org.springframework.boot.security.saml2.autoconfigure.Saml2RelyingPartyAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration"
        })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({SecurityFilterChain.class, HttpSecurity.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(ConsoleProperties.class)
public class ConsoleSecurityAutoConfiguration {

    /** Not that of the application: who has logged in at the console has not logged in there. */
    private static final String SESSION_ATTRIBUTE = "CARAVAN_CONSOLE_LOGIN";

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @ConditionalOnBean(HttpSecurity.class)
    @ConditionalOnProperty("caravan.console.users[0].name")
    SecurityFilterChain caravanConsoleSecurity(
            HttpSecurity http,
            ConsoleProperties properties,
            GuardedPaths paths,
            @Value("${server.address:}") String address)
            throws Exception {
        ThisMachine machine = new ThisMachine(address);
        RequestMatcher open =
                request -> properties.login() == ConsoleProperties.Login.AUTO && machine.refusal(request) == null;
        HttpSessionSecurityContextRepository sessions = new HttpSessionSecurityContextRepository();
        sessions.setSpringSecurityContextKey(SESSION_ATTRIBUTE);
        LoginRefusals refusals = new LoginRefusals();
        return http.securityMatcher(new OrRequestMatcher(
                        paths::isConsole,
                        RequestUriMatcher.of(LoginPage.LOGIN),
                        RequestUriMatcher.of(LoginPage.LOGOUT)))
                .authenticationManager(logins(properties))
                .securityContext(context -> context.securityContextRepository(
                        // an answer that comes later is dispatched again, and a password is in no session
                        new DelegatingSecurityContextRepository(
                                new RequestAttributeSecurityContextRepository(), sessions)))
                .authorizeHttpRequests(requests -> requests.requestMatchers(open)
                        .permitAll()
                        .requestMatchers(RequestUriMatcher.of(LoginPage.LOGIN), RequestUriMatcher.of(LoginPage.LOGOUT))
                        .permitAll()
                        .anyRequest()
                        .access(new OnlyLogins()))
                .addFilterBefore(new LoginPage(), AuthorizationFilter.class)
                .formLogin(form -> form.loginPage(LoginPage.LOGIN).failureHandler(refusals))
                .httpBasic(basic -> basic.authenticationEntryPoint(refusals))
                .logout(logout -> logout.logoutRequestMatcher(RequestUriMatcher.of(HttpMethod.POST, LoginPage.LOGOUT))
                        .logoutSuccessUrl(LoginPage.LOGIN + "?logout")
                        .invalidateHttpSession(false))
                .requestCache(cache -> cache.requestCache(pagesInACookie()))
                .exceptionHandling(
                        refused -> refused.accessDeniedHandler((request, response, failure) -> LoopbackGuard.refuse(
                                        response,
                                        HttpServletResponse.SC_FORBIDDEN,
                                        "This needs the token of the cookie XSRF-TOKEN in the header X-XSRF-TOKEN"))
                                .defaultAuthenticationEntryPointFor(
                                        new LoginUrlAuthenticationEntryPoint(LoginPage.LOGIN), pages())
                                .defaultAuthenticationEntryPointFor(refusals, request -> true))
                .csrf(csrf -> csrf.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse())
                        .csrfTokenRequestHandler(new CsrfTokenOfScripts())
                        .ignoringRequestMatchers(ConsoleSecurityAutoConfiguration::usesNoCookie)
                        .ignoringRequestMatchers(open))
                .build();
    }

    /**
     * Callbacks of a coordinator are signed, and a coordinator in this application asks for its own secret or guards
     * itself: neither can log in. Without this, whatever chain the application has would refuse them.
     */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @ConditionalOnBean(HttpSecurity.class)
    @ConditionalOnProperty(name = "caravan.coordinator", havingValue = "lra", matchIfMissing = true)
    SecurityFilterChain caravanProtocolSecurity(
            HttpSecurity http,
            @Value("${camel.lra.local-participant-context-path:" + LraAutoConfiguration.PARTICIPANT_PATH + "}")
                    String participant,
            @Value("${camel.lra.coordinator-context-path:" + LraAutoConfiguration.COORDINATOR_PATH + "}")
                    String coordinator)
            throws Exception {
        return signed(
                http,
                new OrRequestMatcher(
                        RequestUriMatcher.of(participant + "/**"), RequestUriMatcher.of(coordinator + "/**")));
    }

    /** Who has a link to answer a step cannot log in. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @ConditionalOnBean(HttpSecurity.class)
    @ConditionalOnProperty("caravan.reply-links.secret")
    SecurityFilterChain caravanReplyLinkSecurity(HttpSecurity http) throws Exception {
        return signed(http, RequestUriMatcher.of(HttpMethod.POST, ReplyLinkController.PATH + "/*"));
    }

    /** What has its right to come in its path. */
    private static SecurityFilterChain signed(HttpSecurity http, RequestMatcher paths) throws Exception {
        return http.securityMatcher(paths)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .build();
    }

    private static ConsoleLogins logins(ConsoleProperties properties) {
        PasswordEncoder encoder = PasswordEncoderFactories.createDelegatingPasswordEncoder();
        List<UserDetails> users = properties.users().stream()
                .map(user -> User.withUsername(user.name())
                        .password(user.password().startsWith("{") ? user.password() : encoder.encode(user.password()))
                        .authorities(properties.authorities(user.role()).toArray(String[]::new))
                        .build())
                .toList();
        DaoAuthenticationProvider passwords = new DaoAuthenticationProvider(new InMemoryUserDetailsManager(users));
        passwords.setPasswordEncoder(encoder);
        return new ConsoleLogins(new ProviderManager(passwords), SteadyClock.OF_PROCESS);
    }

    /** What a browser wanted to see before it had to log in. A session for each stranger would be many. */
    private static CookieRequestCache pagesInACookie() {
        CookieRequestCache cache = new CookieRequestCache();
        cache.setRequestMatcher(request -> request.getMethod().equals("GET") && pages().matches(request));
        return cache;
    }

    /** A browser asks for a page; a program that takes anything does not. */
    private static RequestMatcher pages() {
        MediaTypeRequestMatcher pages = new MediaTypeRequestMatcher(MediaType.TEXT_HTML);
        pages.setIgnoredMediaTypes(Set.of(MediaType.ALL));
        return pages;
    }

    /** A page of another origin can make a browser send its cookie, but not a header with a password. */
    private static boolean usesNoCookie(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.AUTHORIZATION) != null;
    }
}
