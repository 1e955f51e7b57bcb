package dev.caravan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sagas as files: those that match, or all of one saga for a ticket. */
@Command(
        name = "export",
        description = "Writes the sagas that match, or all of one saga with its payloads, masked where declared.",
        mixinStandardHelpOptions = true)
final class Export implements Callable<Integer> {

    /** What a file is for. */
    enum Format {
        CSV,
        JSONL
    }

    @Mixin
    private Connection connection;

    @Mixin
    private Filter filter;

    @Parameters(paramLabel = "SAGA", arity = "0..1", description = "One saga, by its id.")
    private String saga;

    @Option(names = "--format", defaultValue = "csv", description = "${COMPLETION-CANDIDATES}.")
    private Format format;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to; it must not be there yet. Without it, here.")
    private Path file;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        Rest rest = connection.open();
        if (file != null && Files.exists(file)) {
            throw new ParameterException(command.commandLine(), file + " is there already");
        }
        if (saga != null && !filter.parameters().isEmpty()) {
            throw new ParameterException(command.commandLine(), "Either one saga, or those that match");
        }
        HttpResponse<InputStream> exported = rest.file(path());
        try (InputStream body = exported.body()) {
            if (file == null) {
                print(body);
            } else {
                Files.copy(body, file);
            }
        } catch (IOException e) {
            throw new Failure(Failure.NO_ANSWER, "The file is not whole: " + e, e);
        }
        exported.headers()
                .firstValue("Saga-Total")
                .ifPresent(total -> command.commandLine().getErr().println(total + " sagas match"));
        return 0;
    }

    private String path() {
        if (saga != null) {
            return "/" + Query.encoded(saga) + "/bundle";
        }
        Map<String, String> query = new LinkedHashMap<>(filter.parameters());
        query.put("format", format.name().toLowerCase(Locale.ROOT));
        return "/export" + Query.of(query);
    }

    private void print(InputStream body) throws IOException {
        PrintWriter out = command.commandLine().getOut();
        Reader text = new InputStreamReader(body, StandardCharsets.UTF_8);
        text.transferTo(out);
        out.flush();
    }
}
