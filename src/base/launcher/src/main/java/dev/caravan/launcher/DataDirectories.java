package dev.caravan.launcher;

import dev.caravan.files.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Closes the directories in which a service keeps its data to other users, before anything else begins: that of its H2
 * file is made, since H2 would make it for everybody to read; the others are closed if they are there from before, and
 * made by who uses them.
 */
final class DataDirectories implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    private static final String H2_FILE = "jdbc:h2:file:";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        Environment environment = context.getEnvironment();
        try {
            for (Path old : Stream.of("caravan.shop.data-dir", "caravan.orchestrator.data-dir")
                    .flatMap(name -> Optional.ofNullable(environment.getProperty(name)).stream())
                    .map(Path::of)
                    .filter(Files::isDirectory)
                    .toList()) {
                OwnerOnly.directory(old);
            }
            Optional<Path> database = ofDatabase(environment.getProperty("spring.datasource.url", ""));
            if (database.isPresent()) {
                OwnerOnly.directory(database.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The data directory cannot be made (%s): make a directory there that this user may write to, or choose another place for it"
                            .formatted(e),
                    e);
        }
    }

    private static Optional<Path> ofDatabase(String url) {
        if (!url.startsWith(H2_FILE)) {
            return Optional.empty();
        }
        String file = url.substring(H2_FILE.length()).replaceFirst(";.*", "");
        String absolute = file.startsWith("~") ? System.getProperty("user.home") + file.substring(1) : file;
        return Optional.of(Path.of(absolute).toAbsolutePath().normalize().getParent());
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
