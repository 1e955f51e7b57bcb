package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.test.ManualTimers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** How often passwords are looked at, and what happens to wrong ones. */
@ExtendWith(OutputCaptureExtension.class)
class ConsoleLoginsTest {

    private final ManualTimers timers = new ManualTimers();
    private final List<String> lookedAt = new ArrayList<>();
    private final ConsoleLogins logins = new ConsoleLogins(this::look, timers.clock());

    private Authentication look(Authentication login) {
        lookedAt.add(login.getCredentials().toString());
        if (!login.getCredentials().equals("right")) {
            throw new BadCredentialsException("wrong");
        }
        UserDetails user = User.withUsername(login.getName())
                .password("x")
                .roles("OPERATOR")
                .build();
        return UsernamePasswordAuthenticationToken.authenticated(user, null, user.getAuthorities());
    }

    private Authentication logIn(String name, String password, String sender) {
        UsernamePasswordAuthenticationToken login = UsernamePasswordAuthenticationToken.unauthenticated(name, password);
        login.setDetails(new WebAuthenticationDetails(sender, null));
        return logins.authenticate(login);
    }

    @Test
    void looksAtAPasswordOnceThatIsSentWithEachRequest() {
        for (int i = 0; i < 10; i++) {
            assertThat(logIn("olga", "right", "192.0.2.1").getName()).isEqualTo("olga");
        }
        assertThat(lookedAt).containsExactly("right");

        assertThatThrownBy(() -> logIn("olga", "wrong", "192.0.2.1")).isInstanceOf(BadCredentialsException.class);
        assertThat(lookedAt).containsExactly("right", "wrong");
    }

    @Test
    void slowsTenWrongOnesInARowAndLogsThem(CapturedOutput output) {
        for (int i = 0; i < 10; i++) {
            int attempt = i;
            assertThatThrownBy(() -> logIn("olga", "wrong" + attempt, "192.0.2.1"))
                    .isInstanceOf(attempt < 5 ? BadCredentialsException.class : TooManyAttemptsException.class);
        }
        assertThat(lookedAt).hasSize(5);

        long waited = 0;
        for (int seconds = 1; seconds <= 32; seconds *= 2) {
            timers.advance(Duration.ofSeconds(seconds));
            assertThatThrownBy(() -> logIn("olga", "wrong", "192.0.2.1")).isInstanceOf(BadCredentialsException.class);
            waited += seconds;
        }
        assertThat(lookedAt).as("in %d seconds", waited).hasSize(11);
        assertThat(output).contains("olga from 192.0.2.1, 11 in a row");
    }

    @Test
    void forgetsThemWhenOneWasRight() {
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> logIn("olga", "wrong", "192.0.2.1")).isInstanceOf(BadCredentialsException.class);
        }
        logIn("olga", "right", "192.0.2.1");

        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> logIn("vic", "wrong", "192.0.2.1")).isInstanceOf(BadCredentialsException.class);
        }
        assertThatThrownBy(() -> logIn("vic", "wrong", "192.0.2.1")).isInstanceOf(TooManyAttemptsException.class);
    }

    /** Each sender has few attempts, and all of them together some more. */
    @Test
    void slowsManySendersThatTryOneName() {
        for (int i = 0; i < 50; i++) {
            int sender = i;
            assertThatThrownBy(() -> logIn("olga", "wrong", "192.0.2." + sender))
                    .isInstanceOfAny(BadCredentialsException.class, TooManyAttemptsException.class);
        }
        assertThat(lookedAt).hasSize(20);
        timers.advance(Duration.ofSeconds(10));
        assertThat(logIn("olga", "right", "198.51.100.1").getName()).isEqualTo("olga");
    }

    @Test
    void logsANameThatIsAnOrderToATerminalAsText(CapturedOutput output) {
        assertThatThrownBy(() -> logIn("a\u001b[2J\n\u202eroot\u0007".repeat(20), "wrong", "192.0.2.1"))
                .isInstanceOf(BadCredentialsException.class);

        assertThat(output.getOut()).contains("a??2J??root?").doesNotContain("\u001b[2J", "\u202e", "\u0007");
        assertThat(output.getOut().lines().filter(line -> line.contains("root")))
                .hasSize(1);
    }
}
