package dev.caravan.saga;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packages and their arrows, as the first drawing (Mermaid) of a page has them: in a subgraph for each artifact. */
final class DrawnPackages {

    private static final Pattern DRAWING = Pattern.compile("(?s)```mermaid\nflowchart BT\n(.*?)```");
    private static final Pattern ARTIFACT = Pattern.compile("subgraph ([a-z-]+)\\[.*");
    private static final Pattern ARROW = Pattern.compile("(\\w+) --> (\\w+)");
    private static final Pattern NAME = Pattern.compile("\\w+");

    private final Map<String, Set<String>> below = new HashMap<>();
    private final Map<String, String> artifacts = new HashMap<>();

    private DrawnPackages() {}

    static DrawnPackages of(String page) {
        Matcher drawing = DRAWING.matcher(page);
        if (!drawing.find()) {
            throw new IllegalArgumentException("The page has no drawing that begins with flowchart BT");
        }
        DrawnPackages packages = new DrawnPackages();
        String artifact = null;
        for (String line : drawing.group(1).lines().map(String::strip).toList()) {
            Matcher begins = ARTIFACT.matcher(line);
            if (begins.matches()) {
                artifact = begins.group(1).replace("-artifact", "");
            } else if (!line.equals("end")) {
                packages.draw(line, artifact);
            }
        }
        return packages;
    }

    private void draw(String line, String artifact) {
        Matcher arrow = ARROW.matcher(line);
        String name = arrow.matches() ? arrow.group(1) : line;
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Neither a package nor an arrow: " + line);
        }
        artifacts.put(name, artifact);
        below.computeIfAbsent(name, drawn -> new TreeSet<>());
        if (arrow.matches()) {
            below.get(name).add(arrow.group(2));
        }
    }

    Set<String> names() {
        return below.keySet();
    }

    /** Where its arrows end. */
    Set<String> directlyBelow(String name) {
        return below.get(name);
    }

    /** Where a way along the arrows leads. */
    Set<String> below(String name) {
        Set<String> found = new TreeSet<>();
        Deque<String> toLookAt = new ArrayDeque<>(below.get(name));
        while (!toLookAt.isEmpty()) {
            String next = toLookAt.pop();
            if (found.add(next)) {
                toLookAt.addAll(below.get(next));
            }
        }
        return found;
    }

    /** The folder in src. */
    String artifactOf(String name) {
        return artifacts.get(name);
    }
}
