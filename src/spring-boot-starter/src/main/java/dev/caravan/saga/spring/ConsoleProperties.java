package dev.caravan.saga.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may look at sagas and repair them, see {@link LoopbackGuard}.
 *
 * @param login When a login is needed.
 * @param users Those who can log in: name, password (plain, or encoded as {bcrypt}...) and role, VIEWER, OPERATOR or STARTER.
 * @param viewers Authorities of the application's own logins that may look at sagas.
 * @param operators Authorities of the application's own logins that may do everything.
 * @param starters Authorities of the application's own logins that may start sagas and ask how each ended.
 * @param paths Patterns of more paths that are seen and changed by those who may see and change sagas.
 * @param localPaths Patterns of paths that anybody may use, but pages of other origins in a browser of this machine may not.
 * @param url Where people reach the tab Sagas, such as https://shop.example.com/actuator/hawtio/sagas; for links in log lines.
 * @param hosts Names by which a proxy on this machine is asked that passes on what is open, without a port.
 */
@ConfigurationProperties("caravan.console")
public record ConsoleProperties(
        @DefaultValue("auto") Login login,
        @DefaultValue List<User> users,
        @DefaultValue("ROLE_VIEWER") List<String> viewers,
        @DefaultValue("ROLE_OPERATOR") List<String> operators,
        @DefaultValue("ROLE_STARTER") List<String> starters,
        @DefaultValue List<String> paths,
        @DefaultValue List<String> localPaths,
        @Nullable String url,
        @DefaultValue List<String> hosts) {

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

    /** The authorities of which one makes somebody this. */
    List<String> authorities(Role role) {
        return switch (role) {
            case VIEWER -> viewers;
            case OPERATOR -> operators;
            case STARTER -> starters;
        };
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
