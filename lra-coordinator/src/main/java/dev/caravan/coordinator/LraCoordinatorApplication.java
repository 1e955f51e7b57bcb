package dev.caravan.coordinator;

import java.io.PrintStream;
import java.util.Arrays;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.availability.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.availability.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.health.HealthContributorAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.health.HealthEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.JvmMetricsAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.MetricsAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.MetricsEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.SystemMetricsAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.metrics.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.servlet.ServletManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.NestedExceptionUtils;

/**
 * The LRA coordinator as a process of its own. It reads {@code lra-coordinator.properties} instead of {@code
 * application.properties}, which belong to the applications that embed the library.
 *
 * <p>Exit codes: 1 if it cannot start, 2 if the command line cannot be understood, 143 after SIGTERM.
 */
@SpringBootConfiguration
@ImportAutoConfiguration({
    PropertyPlaceholderAutoConfiguration.class,
    ConfigurationPropertiesAutoConfiguration.class,
    ApplicationAvailabilityAutoConfiguration.class,
    LifecycleAutoConfiguration.class,
    ServletWebServerFactoryAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    EndpointAutoConfiguration.class,
    WebEndpointAutoConfiguration.class,
    HealthContributorAutoConfiguration.class,
    HealthEndpointAutoConfiguration.class,
    AvailabilityHealthContributorAutoConfiguration.class,
    AvailabilityProbesAutoConfiguration.class,
    ManagementContextAutoConfiguration.class,
    ServletManagementContextAutoConfiguration.class,
    LraCoordinatorAutoConfiguration.class,
    LoggedLraAutoConfiguration.class,
    LraCoordinatorHealthAutoConfiguration.class,
    MetricsAutoConfiguration.class,
    CompositeMeterRegistryAutoConfiguration.class,
    PrometheusMetricsExportAutoConfiguration.class,
    MetricsEndpointAutoConfiguration.class,
    JvmMetricsAutoConfiguration.class,
    SystemMetricsAutoConfiguration.class,
    LraCoordinatorMetricsAutoConfiguration.class
})
public class LraCoordinatorApplication {

    private static final int CANNOT_START = 1;
    private static final int WRONG_USAGE = 2;

    /** Used by Spring. */
    public LraCoordinatorApplication() {}

    /** Starts the coordinator; {@code --help} prints the options. */
    public static void main(String[] arguments) {
        int exit = run(System.out, System.err, arguments);
        if (exit != 0) {
            System.exit(exit);
        }
    }

    static int run(PrintStream out, PrintStream err, String... arguments) {
        if (Arrays.asList(arguments).contains("--help")) {
            out.print(LaunchOption.help());
            return 0;
        }
        String[] springArguments;
        try {
            springArguments = LaunchOption.toSpringArguments(arguments);
        } catch (IllegalArgumentException e) {
            err.println("LRA coordinator: " + e.getMessage() + "; --help lists the options");
            return WRONG_USAGE;
        }
        try {
            new SpringApplicationBuilder(LraCoordinatorApplication.class)
                    .properties("spring.config.name=lra-coordinator")
                    .run(springArguments);
            return 0;
        } catch (RuntimeException e) {
            err.println("LRA coordinator: cannot start: " + reason(e));
            return CANNOT_START;
        }
    }

    private static String reason(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PortInUseException inUse) {
                return "port %d is in use; choose another with --port".formatted(inUse.getPort());
            }
            if (cause instanceof BindException wrong && wrong.getProperty() != null) {
                return "%s cannot be '%s'"
                        .formatted(wrong.getName(), wrong.getProperty().getValue());
            }
            if (cause instanceof OpenToOthersException) {
                return cause.getMessage() + "; " + OpenToOthersFailureAnalyzer.ACTION;
            }
            if (cause instanceof StoreUnusableException) {
                return cause.getMessage() + "; choose another with --store";
            }
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        return root.getMessage() == null
                ? root.toString()
                : root.getMessage().lines().findFirst().orElse(root.toString());
    }
}
