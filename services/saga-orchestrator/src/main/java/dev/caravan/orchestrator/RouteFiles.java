package dev.caravan.orchestrator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Loads the route files of a directory and those below it, in the order of their names. The first one that is wrong ends
 * the start, with a {@link RouteFileException}.
 */
final class RouteFiles implements CamelContextConfiguration {

    private static final List<String> SUFFIXES = List.of(".xml", ".yaml", ".yml", ".java");

    private final Path directory;

    RouteFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {
        for (Path file : files()) {
            load(context, file);
        }
    }

    @Override
    public void afterApplicationStart(CamelContext context) {}

    /** @throws IllegalArgumentException there is no such directory, or no route file in it */
    List<Path> files() {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(
                    "There is no directory %s. Set --routes to the directory of the route files"
                            .formatted(directory.toAbsolutePath()));
        }
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> files = all.filter(RouteFiles::isRouteFile)
                    .filter(this::isShown)
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new IllegalArgumentException("There is no route file in %s: none that ends with %s"
                        .formatted(directory.toAbsolutePath(), String.join(", ", SUFFIXES)));
            }
            return files;
        } catch (IOException e) {
            throw new IllegalArgumentException("The route files in %s cannot be read: %s".formatted(directory, e), e);
        }
    }

    /** A config map that is mounted has its files twice: as links, and in hidden directories that the links lead to. */
    private boolean isShown(Path path) {
        return Stream.of(directory.relativize(path).toString().split("[/\\\\]"))
                .noneMatch(name -> name.startsWith("."));
    }

    private static boolean isRouteFile(Path path) {
        String name = path.getFileName().toString();
        return SUFFIXES.stream().anyMatch(name::endsWith) && Files.isRegularFile(path);
    }

    private static void load(CamelContext context, Path file) {
        try {
            Resource resource = ResourceHelper.resolveMandatoryResource(context, "file:" + file.toAbsolutePath());
            PluginHelper.getRoutesLoader(context).loadRoutes(resource);
        } catch (Exception e) {
            throw RouteFileProblem.explain(file, e);
        }
    }
}
