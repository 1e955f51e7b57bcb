package dev.caravan.orchestrator;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.NoSuchEndpointException;

/** Makes of what Camel says about a route file one line for the person who wrote the file. */
final class RouteFileProblem {

    private static final Pattern PLACE = Pattern.compile("in file:\\S+, line (\\d+), column \\d+");
    private static final Pattern JAVA = Pattern.compile("\\.java:(\\d+): error: (.*)");
    private static final Pattern ELEMENT = Pattern.compile("Unexpected element '(?:\\{[^}]*})?([^']+)'");
    private static final Pattern NODE = Pattern.compile("Unknown node id: (\\S+)");
    private static final Pattern PARAMETERS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]");
    private static final Pattern PROPERTY = Pattern.compile("Property with key \\[([^\\]]+)] not found");

    private RouteFileProblem() {}

    /** Of a file that cannot be loaded. */
    static RouteFileException explain(Path file, Exception failure) {
        String said = said(failure);
        Matcher java = JAVA.matcher(said);
        if (java.find()) {
            return java(file, java, failure);
        }
        int line = line(said);
        Matcher element = ELEMENT.matcher(said);
        if (element.find()) {
            return new RouteFileException(
                    file,
                    line,
                    "There is no <%s> here".formatted(element.group(1)),
                    "Correct its name, or move it to where Camel has it",
                    failure);
        }
        Matcher node = NODE.matcher(said);
        if (node.find()) {
            return new RouteFileException(
                    file, line, "There is no step '%s'".formatted(node.group(1)), "Correct its name", failure);
        }
        if (said.contains("must be added as top-level")) {
            return new RouteFileException(
                    file,
                    line,
                    "A saga stands inside of another step",
                    "Move it to a route of its own, and call that with <to uri=\"direct:...\"/>",
                    failure);
        }
        return new RouteFileException(file, line, firstLine(said), remedy(failure), failure);
    }

    private static RouteFileException java(Path file, Matcher error, Exception failure) {
        String problem = error.group(2);
        String remedy = problem.contains("package org.apache.camel") && problem.contains("does not exist")
                ? "Java route files need the jar unpacked: java -Djarmode=tools -jar <jar> extract"
                : "Correct the Java code";
        return new RouteFileException(file, Integer.parseInt(error.group(1)), problem, remedy, failure);
    }

    private static String remedy(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String type = cause.getClass().getName();
            if (type.startsWith("org.apache.camel.xml.io.")) {
                return "Correct the XML: something is not closed or not quoted";
            }
            if (type.startsWith("org.snakeyaml.")) {
                return "Correct the YAML: look at indentation and quotes";
            }
        }
        return "Correct the file";
    }

    /** Of an endpoint that cannot be made. */
    static RouteFileException explainEndpoint(Path file, int line, String uri, Exception failure) {
        String said = said(failure);
        Matcher property = PROPERTY.matcher(said);
        if (property.find()) {
            String name = property.group(1);
            return new RouteFileException(
                    file,
                    line,
                    "{{%s}} has no value".formatted(name),
                    "Set it with --%s=<value>, or write {{%s:<default>}}".formatted(name, name),
                    failure);
        }
        Matcher parameters = PARAMETERS.matcher(said);
        if (parameters.find()) {
            return new RouteFileException(
                    file,
                    line,
                    "%s has no option %s".formatted(uri, parameters.group(1)),
                    "Correct the option's name, or remove it",
                    failure);
        }
        if (failure instanceof NoSuchEndpointException) {
            return new RouteFileException(
                    file,
                    line,
                    "There is no component for " + uri,
                    "Correct what stands before the colon, or add the component's jar",
                    failure);
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new RouteFileException(
                file, line, "%s: %s".formatted(uri, firstLine(said(root))), "Correct the URI", failure);
    }

    private static String said(Throwable failure) {
        StringBuilder said = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (!String.valueOf(cause.getMessage()).startsWith("Error pre-parsing")) {
                said.append(cause.getMessage()).append('\n');
            }
        }
        return said.toString();
    }

    /** Where several places are named, the last one is that of the problem. */
    private static int line(String said) {
        Matcher place = PLACE.matcher(said);
        int line = 0;
        while (place.find()) {
            line = Integer.parseInt(place.group(1));
        }
        return line;
    }

    private static String firstLine(String said) {
        String line = said.lines().findFirst().orElse(said).strip();
        int position = line.indexOf(" (position:");
        return position > 0 ? line.substring(0, position) : line;
    }
}
