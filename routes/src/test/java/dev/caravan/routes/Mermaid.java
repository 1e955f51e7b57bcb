package dev.caravan.routes;

import java.util.List;

/** Writes a flowchart in the language of Mermaid. */
final class Mermaid {

    private final StringBuilder text = new StringBuilder("```mermaid\n");

    Mermaid(String direction) {
        line("flowchart " + direction);
    }

    /** A box; each line of its text below the other. */
    Mermaid box(String id, String... lines) {
        return line("  %s[\"%s\"]".formatted(id(id), String.join("<br/>", lines)));
    }

    /** Where something begins or ends. */
    Mermaid end(String id) {
        return line("  %s([\"%s\"])".formatted(id(id), id));
    }

    /** An event. */
    Mermaid event(String id) {
        return line("  %s{{\"%s\"}}".formatted(id(id), id));
    }

    Mermaid group(String id) {
        return line("  subgraph %s".formatted(id));
    }

    Mermaid endOfGroup() {
        return line("  end");
    }

    Mermaid arrow(String from, String to) {
        return line("  %s --> %s".formatted(id(from), id(to)));
    }

    Mermaid dotted(String from, String label, String to) {
        return line("  %s -. %s .-> %s".formatted(id(from), label, id(to)));
    }

    /** From each to the next. */
    Mermaid chain(List<String> ids) {
        for (int next = 1; next < ids.size(); next++) {
            arrow(ids.get(next - 1), ids.get(next));
        }
        return this;
    }

    String block() {
        return text + "```\n";
    }

    private static String id(String id) {
        return id.replace('-', '_');
    }

    private Mermaid line(String line) {
        text.append(line).append('\n');
        return this;
    }
}
