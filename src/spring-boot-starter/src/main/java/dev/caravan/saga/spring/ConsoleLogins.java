package dev.caravan.saga.spring;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * Looks at the passwords of the console's users. That is slow by intention, so a program that sends its password with
 * each request pays it once: what was right is known again by a keyed hash, whose key this process has made and keeps in
 * memory. Wrong ones are logged, and slow down who sends them and, less, the name they are for.
 */
final class ConsoleLogins implements AuthenticationManager {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConsoleLogins.class);

    private static final int FREE_OF_SENDER = 5;
    private static final int FREE_OF_NAME = 20;
    private static final Duration LONGEST_OF_SENDER = Duration.ofMinutes(5);
    private static final Duration LONGEST_OF_NAME = Duration.ofSeconds(10);
    private static final int SHOWN = 64;
    private static final String HASH = "HmacSHA256";

    private final AuthenticationManager passwords;
    private final LoginAttempts ofSenders;
    private final LoginAttempts ofNames;
    private final SecretKeySpec key;

    /** Users cannot change while the application runs. */
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(byte[] hash, UserDetails user) {}

    /** @param passwords looks at each */
    ConsoleLogins(AuthenticationManager passwords, Clock steady) {
        this.passwords = passwords;
        this.ofSenders = new LoginAttempts(steady, FREE_OF_SENDER, LONGEST_OF_SENDER);
        this.ofNames = new LoginAttempts(steady, FREE_OF_NAME, LONGEST_OF_NAME);
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, HASH);
    }

    /** @throws TooManyAttemptsException if it has to wait */
    @Override
    public Authentication authenticate(Authentication login) {
        String name = login.getName();
        byte[] hash = hash(String.valueOf(login.getCredentials()));
        Known before = known.get(name);
        if (before != null && MessageDigest.isEqual(before.hash(), hash)) {
            return authenticated(login, before.user());
        }
        String sender = sender(login);
        waitFor(ofSenders.begin(sender));
        waitFor(ofNames.begin(name));
        try {
            UserDetails user = (UserDetails) passwords.authenticate(login).getPrincipal();
            ofSenders.right(sender);
            ofNames.right(name);
            known.put(name, new Known(hash, user));
            return authenticated(login, user);
        } catch (AuthenticationException e) {
            LOGGER.warn(
                    "Wrong password or name at the console: {} from {}, {} in a row",
                    shown(name),
                    sender,
                    ofSenders.wrong(sender));
            throw e;
        }
    }

    private static void waitFor(Duration wait) {
        if (!wait.isZero()) {
            throw new TooManyAttemptsException(wait);
        }
    }

    private static Authentication authenticated(Authentication login, UserDetails user) {
        UsernamePasswordAuthenticationToken authenticated =
                UsernamePasswordAuthenticationToken.authenticated(user, null, user.getAuthorities());
        authenticated.setDetails(login.getDetails());
        return authenticated;
    }

    private static String sender(Authentication login) {
        return login.getDetails() instanceof WebAuthenticationDetails details ? details.getRemoteAddress() : "unknown";
    }

    /** A name is whatever somebody sends: it is no order to the log or to a terminal. */
    private static String shown(String name) {
        String text = name.replaceAll("[^\\p{IsAlphabetic}\\p{IsDigit}@._ -]", "?");
        return text.length() > SHOWN ? text.substring(0, SHOWN) : text;
    }

    private byte[] hash(String password) {
        try {
            Mac mac = Mac.getInstance(HASH);
            mac.init(key);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Each Java has " + HASH, e);
        }
    }
}
