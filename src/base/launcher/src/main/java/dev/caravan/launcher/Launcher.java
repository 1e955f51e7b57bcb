package dev.caravan.launcher;

import java.io.PrintStream;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Starts a Spring Boot application, or says in one line of the standard error why it cannot start.
 *
 * <p>Waits for its database have a bound, unless its own settings have another one.
 *
 * <p>Exit codes: 1 if it cannot start; 143 after SIGTERM.
 */
public final class Launcher {

    private static final int CANNOT_START = 1;

    /** What would say it in more lines. */
    private static final Map<String, Object> QUIET = Map.of(
            "spring.main.banner-mode", "off",
            "logging.level.org.springframework.boot.SpringApplication", "OFF",
            "logging.level.org.springframework.boot.autoconfigure.logging", "ERROR",
            "logging.level.org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter", "OFF",
            "logging.level.org.springframework.boot.web.embedded.tomcat", "OFF",
            "logging.level.org.springframework.boot.web.servlet.context", "ERROR",
            "logging.level.org.apache.catalina.core", "OFF",
            "logging.level.org.apache.catalina.loader", "ERROR",
            // warns of each database that is newer than it is itself
            "logging.level.org.flywaydb.core.internal.database.base.Database", "ERROR");

    /**
     * What bounds every wait for a database whose host vanishes, or that waits itself. Of the properties of the connection,
     * PostgreSQL's driver knows all (in seconds) and H2's ignores them.
     */
    private static final Map<String, Object> DATABASE = Map.of(
            "spring.datasource.hikari.connection-timeout", "10000",
            "spring.datasource.hikari.data-source-properties.connectTimeout", "5",
            "spring.datasource.hikari.data-source-properties.socketTimeout", "30",
            "spring.datasource.hikari.data-source-properties.tcpKeepAlive", "true",
            "spring.transaction.default-timeout", "30s");

    private final String name;
    private final SpringApplicationBuilder application;

    /** @param name begins a sentence, for instance {@code The shop} */
    public Launcher(String name, SpringApplicationBuilder application) {
        this.name = name;
        this.application = application;
    }

    /** Returns when the application runs. Ends the process if it cannot. */
    public void start(String... arguments) {
        int exit = run(System.err, arguments);
        if (exit != 0) {
            System.exit(exit);
        }
    }

    int run(PrintStream err, String... arguments) {
        try {
            application.properties(QUIET).properties(DATABASE).run(arguments);
            return 0;
        } catch (RuntimeException e) {
            err.println(name + " cannot start: " + StartFailure.reason(e));
            return CANNOT_START;
        }
    }
}
