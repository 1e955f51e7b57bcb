package dev.caravan.saga.camel;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A fault that was mended: what is taken out of a source file, and what is put in its place.
 *
 * @param name what is wrong then
 * @param source the file, from {@code src} on
 * @param old compared without regard to white space; it is there once
 * @param seed of a composition that goes wrong by it
 */
record FaultPutBack(String name, Path source, String old, String fault, long seed) {

    private static final Path SRC = Path.of("..").toAbsolutePath().normalize();
    private static final String OURS = "dev.caravan.saga.";

    /** Of a file in which each fault has a line {@code # name}, {@code file:}, {@code seed:}, and lines {@code -} and {@code +}. */
    static List<FaultPutBack> read(Path table) throws IOException {
        List<FaultPutBack> faults = new ArrayList<>();
        for (String one : Files.readString(table).split("(?m)^# ")) {
            if (!one.isBlank()) {
                faults.add(of(one));
            }
        }
        return faults;
    }

    private static FaultPutBack of(String text) {
        List<String> lines = text.lines().toList();
        return new FaultPutBack(
                lines.get(0).strip(),
                Path.of(after("file:", lines).strip()),
                after("-", lines),
                after("+", lines),
                Long.parseLong(after("seed:", lines).strip()));
    }

    private static String after(String mark, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(mark))
                .map(line -> line.substring(mark.length()))
                .collect(Collectors.joining("\n"));
    }

    /**
     * Tries compositions with the fault in place; everything of Caravan is loaded anew for that.
     *
     * @return what is asked with a seed, and answers what went wrong, or {@code null}; to be closed
     */
    Trials trials() throws Exception {
        Loader loader = new Loader(compiled());
        Class<?> type = loader.loadClass(OURS + "camel.RoutesBySeed");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        Object trial = type.getDeclaredConstructor().newInstance();
        return new Trials(trial, loader, before);
    }

    record Trials(Object trial, URLClassLoader loader, ClassLoader before) implements Closeable {

        @SuppressWarnings("unchecked")
        String tryOut(long seed) {
            return ((LongFunction<String>) trial).apply(seed);
        }

        @Override
        public void close() throws IOException {
            Thread.currentThread().setContextClassLoader(before);
            ((Closeable) trial).close();
            loader.close();
        }
    }

    private Map<String, byte[]> compiled() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        StringBuilder complaints = new StringBuilder();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                JavaFileManager memory = new ForwardingJavaFileManager<>(files) {
                    @Override
                    public JavaFileObject getJavaFileForOutput(
                            Location location, String name, JavaFileObject.Kind kind, javax.tools.FileObject sibling) {
                        return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('$', '-')), kind) {
                            @Override
                            public OutputStream openOutputStream() {
                                return classes.computeIfAbsent(name, unknown -> new ByteArrayOutputStream());
                            }
                        };
                    }
                }) {
            boolean well = compiler.getTask(
                            null,
                            memory,
                            diagnostic -> complaints.append(diagnostic).append('\n'),
                            List.of("-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path")),
                            null,
                            List.of(changed()))
                    .call();
            if (!well) {
                throw new IllegalStateException("%s does not compile: %s".formatted(name, complaints));
            }
        }
        return classes.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, written -> written.getValue()
                .toByteArray()));
    }

    /**
     * The source file with the fault in it.
     *
     * @throws IllegalStateException what is taken out is not there, or more than once
     */
    String text() throws IOException {
        Path file = SRC.resolve(source);
        String words = Stream.of(old.strip().split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s*"));
        Matcher place = Pattern.compile(words).matcher(Files.readString(file));
        long places = place.results().count();
        if (places != 1) {
            throw new IllegalStateException("%s: %s has %d times: %s".formatted(name, file, places, old));
        }
        return place.reset().replaceFirst(Matcher.quoteReplacement(fault.strip()));
    }

    private JavaFileObject changed() throws IOException {
        Path file = SRC.resolve(source);
        String text = text();
        return new SimpleJavaFileObject(file.toUri(), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    /** Has classes of Caravan of its own, those with the fault among them; everything else is its parent's. */
    private static final class Loader extends URLClassLoader {

        private final Map<String, byte[]> changed;

        Loader(Map<String, byte[]> changed) {
            super(classPath(), FaultPutBack.class.getClassLoader());
            this.changed = changed;
        }

        private static URL[] classPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Path::of)
                    .map(Loader::url)
                    .toArray(URL[]::new);
        }

        private static URL url(Path path) {
            try {
                return path.toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith(OURS)) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = changed.get(name);
            return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
        }
    }
}
