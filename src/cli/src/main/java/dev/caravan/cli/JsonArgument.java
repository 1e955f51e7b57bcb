package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** JSON on the command line, or in a file. */
final class JsonArgument {

    private JsonArgument() {}

    /** @param text JSON, or {@code @} and the path of a file that has it */
    static JsonNode of(String option, String text, CommandSpec command) {
        String json = text;
        if (text.startsWith("@")) {
            try {
                json = Files.readString(Path.of(text.substring(1)));
            } catch (IOException e) {
                throw new ParameterException(command.commandLine(), "%s cannot be read: %s".formatted(option, e));
            }
        }
        JsonNode read = Rest.json(json);
        if (read.isMissingNode()) {
            throw new ParameterException(command.commandLine(), option + " is no JSON; a text has quotes around it");
        }
        return read;
    }
}
