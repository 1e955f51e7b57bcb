package dev.caravan.saga.spring;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may look at sagas and repair them, where Spring Security is there.
 *
 * @param login When a login is needed.
 * @param users Those who can log in: name, password (plain, or encoded as {bcrypt}...) and role, VIEWER, OPERATOR or STARTER.
 */
@ConfigurationProperties("caravan.console")
public record ConsoleProperties(
        @DefaultValue("auto") Login login, @DefaultValue List<User> users) {

    /** When a login is needed. */
    public enum Login {
        /** Unless the application listens on the loopback address only. */
        AUTO,
        /** Always. */
        ALWAYS
    }

    /** What somebody may do. */
    public enum Role {
        /** Look at sagas; not at what they were sent and answered. */
        VIEWER,
        /** Look at everything, start, retry, resolve and cancel. */
        OPERATOR,
        /** Start sagas and ask how each ended: for a program that starts them, such as the order service. */
        STARTER
    }

    /** Somebody who can log in. */
    public record User(String name, String password, Role role) {

        public User {
            if (name == null || name.isBlank() || password == null || password.isEmpty() || role == null) {
                throw new IllegalArgumentException(
                        "Each of caravan.console.users needs name, password and role (VIEWER, OPERATOR or STARTER)");
            }
        }

        /** Without the password. */
        @Override
        public String toString() {
            return name + " " + role;
        }
    }
}
