package dev.caravan.shop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** An image in the layout of the Open Container Initiative, out of a tar. */
final class Image {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path layout;
    private final JsonNode manifest;
    private final JsonNode config;

    private Image(Path layout) throws IOException {
        this.layout = layout;
        this.manifest = JSON.readTree(
                blob(JSON.readTree(layout.resolve("index.json").toFile()).at("/manifests/0"))
                        .toFile());
        this.config = JSON.readTree(blob(manifest.path("config")).toFile());
    }

    /** @param directory in which it is unpacked */
    static Image read(Path tar, Path directory) {
        try (InputStream file = Files.newInputStream(tar)) {
            unpack(file, directory);
            return new Image(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(tar.toString(), e);
        }
    }

    private Path blob(JsonNode descriptor) {
        return layout.resolve("blobs")
                .resolve(descriptor.path("digest").asText().replace(':', '/'));
    }

    String user() {
        return config.at("/config/User").asText();
    }

    String created() {
        return config.path("created").asText();
    }

    List<String> ports() {
        List<String> ports = new ArrayList<>();
        config.at("/config/ExposedPorts").fieldNames().forEachRemaining(ports::add);
        return ports;
    }

    List<String> entryPoint() {
        return texts(config.at("/config/Entrypoint"));
    }

    Map<String, String> environment() {
        Map<String, String> variables = new TreeMap<>();
        texts(config.at("/config/Env"))
                .forEach(variable -> variables.put(
                        variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1)));
        return variables;
    }

    /** What each layer is for, from the lowest up. */
    List<String> layers() {
        List<String> comments = new ArrayList<>();
        config.path("history")
                .forEach(layer -> comments.add(layer.path("comment").asText()));
        return comments;
    }

    /** @param layer counted from the lowest */
    List<String> files(int layer) {
        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(
                Files.newInputStream(blob(manifest.path("layers").path(layer)))))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                names.add(entry.getName());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** All layers, one over the other. */
    void extract(Path root) {
        manifest.path("layers").forEach(layer -> {
            try (InputStream file = new GZIPInputStream(Files.newInputStream(blob(layer)))) {
                unpack(file, root);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void unpack(InputStream file, Path directory) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(file);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path to = directory.resolve(entry.getName()).normalize();
            if (entry.isDirectory()) {
                Files.createDirectories(to);
            } else {
                Files.createDirectories(to.getParent());
                Files.copy(tar, to);
            }
        }
    }
}
