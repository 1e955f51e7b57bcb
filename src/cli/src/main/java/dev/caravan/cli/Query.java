package dev.caravan.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** The part of an address behind the path. */
final class Query {

    private Query() {}

    /** @return with its question mark; empty without parameters */
    static String of(Map<String, ?> parameters) {
        return parameters.isEmpty()
                ? ""
                : parameters.entrySet().stream()
                        .map(one -> encoded(one.getKey()) + "=" + encoded(String.valueOf(one.getValue())))
                        .collect(Collectors.joining("&", "?", ""));
    }

    /** As a part of a path or a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
