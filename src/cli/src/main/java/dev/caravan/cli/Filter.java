package dev.caravan.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which sagas are meant: the parameters of the list. */
final class Filter {

    @Option(names = "--status", description = "One or more, with commas between them.")
    private String status;

    @Option(names = "--name", description = "The saga's name.")
    private String name;

    @Option(names = "--text", description = "A part of the id or key.")
    private String text;

    @Option(names = "--key", description = "The saga's key.")
    private String key;

    @Option(names = "--of-version", paramLabel = "VERSION", description = "Of its route; - for none.")
    private String version;

    @Option(
            names = "--attribute",
            paramLabel = "NAME=VALUE",
            description = "An attribute; with NAME.gt, .gte, .lt or .lte it is compared.")
    private Map<String, String> attributes = new LinkedHashMap<>();

    @Option(names = "--older-than", paramLabel = "AGE", description = "90s, 5m, 2h, 7d.")
    private String olderThan;

    @Option(names = "--younger-than", paramLabel = "AGE", description = "90s, 5m, 2h, 7d.")
    private String youngerThan;

    @Option(names = "--from", paramLabel = "TIME", description = "When it began at the earliest: 2026-03-01T12:00:00Z.")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before which it began.")
    private String to;

    @Option(names = "--attention", description = "Only those that a person should look at.")
    private boolean attention;

    @Option(names = "--application", description = "That runs it; - for none.")
    private String application;

    @Option(names = "--step", description = "That could not be undone, or that it is undone for, or is at; - for none.")
    private String step;

    @Option(names = "--code", description = "With which a participant said no, or what went wrong; - for none.")
    private String code;

    @Option(names = "--reason", paramLabel = "WORDS", description = "Words of what is said of it.")
    private String reason;

    Map<String, String> parameters() {
        Map<String, String> all = new LinkedHashMap<>();
        put(all, "status", status);
        put(all, "name", name);
        put(all, "text", text);
        put(all, "key", key);
        put(all, "version", version);
        attributes.forEach((attribute, value) -> all.put("attribute." + attribute, value));
        put(all, "olderThan", olderThan);
        put(all, "youngerThan", youngerThan);
        put(all, "from", from);
        put(all, "to", to);
        put(all, "attention", attention ? "true" : null);
        put(all, "application", application);
        put(all, "step", step);
        put(all, "code", code);
        put(all, "reason", reason);
        return all;
    }

    private static void put(Map<String, String> all, String name, String value) {
        if (value != null) {
            all.put(name, value);
        }
    }

    ObjectNode json() {
        ObjectNode node = Rest.JSON.createObjectNode();
        parameters().forEach(node::put);
        return node;
    }
}
