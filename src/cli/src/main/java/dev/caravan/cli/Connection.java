package dev.caravan.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which application is asked, and as whom. */
final class Connection {

    @Option(
            names = "--url",
            defaultValue = "${env:CARAVAN_URL:-http://localhost:8080}",
            paramLabel = "URL",
            description = "Where the application is; else CARAVAN_URL, or http://localhost:8080.")
    private URI url;

    @Option(
            names = "--user",
            defaultValue = "${env:CARAVAN_USER}",
            paramLabel = "NAME",
            description = "Who logs in; else CARAVAN_USER, or nobody.")
    private String user;

    @Option(
            names = "--password",
            interactive = true,
            description = "Asks for the password. Without it, CARAVAN_PASSWORD has it.")
    private String asked;

    @Option(names = "--password-file", paramLabel = "FILE", description = "A file with the password in its first line.")
    private Path file;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Rest open() {
        if (url.getHost() == null || !String.valueOf(url.getScheme()).matches("https?")) {
            throw wrong("--url is %s; it is an address such as https://shop.example:8080".formatted(url));
        }
        if (user == null || user.isEmpty()) {
            return new Rest(url, null, null);
        }
        String password = password();
        if (password == null) {
            throw wrong("--user needs --password, --password-file or CARAVAN_PASSWORD");
        }
        return new Rest(url, user, password);
    }

    private String password() {
        if (file == null) {
            return asked == null ? System.getenv("CARAVAN_PASSWORD") : asked;
        }
        try {
            return Files.readAllLines(file).stream().findFirst().orElse("");
        } catch (IOException e) {
            throw new ParameterException(command.commandLine(), "--password-file cannot be read: " + e, e);
        }
    }

    private ParameterException wrong(String what) {
        return new ParameterException(command.commandLine(), what);
    }
}
