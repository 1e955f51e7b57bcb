package dev.caravan.coordinator;

import java.util.ArrayList;
import java.util.List;

/** The options of the runnable jar, each a short name for a property. */
enum LaunchOption {
    HOST("host", "server.address", "127.0.0.1", "address to listen on"),
    PORT("port", "server.port", "8070", "port to listen on"),
    STORE("store", "caravan.lra.coordinator.store-dir", "data/lra-coordinator", "directory of the object store"),
    RECOVERY_PERIOD(
            "recovery-period", "caravan.lra.coordinator.recovery-period", "2s", "pause between recovery passes"),
    PARTICIPANT_TIMEOUT(
            "participant-timeout",
            "caravan.lra.coordinator.participant-timeout",
            "10s",
            "how long a participant may take to answer"),
    LOG_LEVEL("log-level", "logging.level.root", "INFO", "ERROR, WARN, INFO, DEBUG or TRACE");

    private final String option;
    private final String property;
    private final String defaultValue;
    private final String description;

    LaunchOption(String option, String property, String defaultValue, String description) {
        this.option = option;
        this.property = property;
        this.defaultValue = defaultValue;
        this.description = description;
    }

    /**
     * Translates the command line for Spring Boot. An option whose name has a dot is a property already.
     *
     * @throws IllegalArgumentException if an argument is neither, or has no value
     */
    static String[] toSpringArguments(String... arguments) {
        List<String> translated = new ArrayList<>();
        for (String argument : arguments) {
            translated.add("--" + toProperty(argument));
        }
        return translated.toArray(String[]::new);
    }

    static String help() {
        StringBuilder help = new StringBuilder("LRA coordinator: --option=value ...\n\n");
        for (LaunchOption known : values()) {
            help.append(
                    "  --%-20s %s (default %s)%n".formatted(known.option + "=", known.description, known.defaultValue));
        }
        return help.append("  --%-20s %s%n".formatted("help", "print this"))
                .append(
                        "\nProperties of Spring Boot and caravan.lra.coordinator.* are taken too: --some.property=value\n")
                .toString();
    }

    private static String toProperty(String argument) {
        int equals = argument.indexOf('=');
        if (!argument.startsWith("--") || equals < 0 || equals == argument.length() - 1) {
            throw new IllegalArgumentException("'%s' is not of the form --option=value".formatted(argument));
        }
        String name = argument.substring(2, equals);
        for (LaunchOption known : values()) {
            if (known.option.equals(name)) {
                return known.property + argument.substring(equals);
            }
        }
        if (name.contains(".")) {
            return argument.substring(2);
        }
        throw new IllegalArgumentException("there is no option --" + name);
    }
}
