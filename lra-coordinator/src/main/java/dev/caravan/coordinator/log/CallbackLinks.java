package dev.caravan.coordinator.log;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The callbacks of a participant as a {@code Link} header names them. Their URLs stay as they were written. */
public final class CallbackLinks {

    static final String COMPENSATE = "compensate";
    static final String COMPLETE = "complete";
    static final String STATUS = "status";
    static final String FORGET = "forget";
    static final String AFTER = "after";
    private static final String PARTICIPANT = "participant";
    private static final List<String> KNOWN = List.of(COMPENSATE, COMPLETE, STATUS, FORGET, AFTER);
    private static final Pattern LINK =
            Pattern.compile("<([^>]*)>((?:\\s*;\\s*[^,;=\"\\s]+\\s*=\\s*(?:\"[^\"]*\"|[^,;\"]*))*)");
    private static final Pattern RELATION = Pattern.compile("(?:^|;)\\s*rel\\s*=\\s*(?:\"([^\"]*)\"|([^;\\s]+))");

    private CallbackLinks() {}

    /**
     * @return the URLs by their relation; those of other relations are left out
     * @throws IllegalArgumentException one of them is no URL
     */
    public static Map<String, String> parse(String header) {
        Map<String, String> links = new LinkedHashMap<>();
        Matcher link = LINK.matcher(header);
        while (link.find()) {
            Matcher relation = RELATION.matcher(link.group(2));
            if (relation.find()) {
                String name = relation.group(1) == null ? relation.group(2) : relation.group(1);
                put(links, name.trim(), URI.create(link.group(1).trim()).toString());
            }
        }
        return links;
    }

    /** One URL stands for all callbacks, as the first drafts of the protocol had it. */
    public static Map<String, String> below(String url) {
        String base = URI.create(url.trim()).toString();
        return Map.of(COMPENSATE, base + "/compensate", COMPLETE, base + "/complete", STATUS, base + "/status");
    }

    private static void put(Map<String, String> links, String relation, String url) {
        if (relation.equals(PARTICIPANT)) {
            links.put(COMPENSATE, url + "/compensate");
            links.put(COMPLETE, url + "/complete");
            links.put(STATUS, url);
            links.put(FORGET, url);
        } else if (KNOWN.contains(relation)) {
            links.put(relation, url);
        }
    }

    /** As a header. */
    public static String write(Map<String, String> links) {
        return links.entrySet().stream()
                .map(link -> "<%s>; rel=\"%s\"".formatted(link.getValue(), link.getKey()))
                .collect(Collectors.joining(","));
    }

    /** Whether one may join with them: there is something to undo, or somebody to tell. */
    public static boolean mayJoin(Map<String, String> links) {
        return links.containsKey(COMPENSATE) || isListener(links);
    }

    /** Whether this one wants to hear of the end, and nothing else. */
    static boolean isListener(Map<String, String> links) {
        return links.containsKey(AFTER) && !links.containsKey(COMPENSATE) && !links.containsKey(COMPLETE);
    }
}
