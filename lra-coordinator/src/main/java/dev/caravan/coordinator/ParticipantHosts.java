package dev.caravan.coordinator;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The hosts that participants may be on. Whoever may join an LRA chooses the URLs that the coordinator calls, and
 * without such a list could have it call any server that it reaches.
 */
final class ParticipantHosts {

    private static final String ANY = "*";
    private static final Pattern LINK = Pattern.compile("<([^>]*)>");
    private static final Set<String> SCHEMES = Set.of("http", "https");

    private static final Pattern NOT_OF_A_URL = Pattern.compile("[^ -~]");
    private static final int LONGEST_SHOWN = 300;

    private final Set<String> allowed;

    /** @param allowed {@code host} or {@code host:port}; {@code *}: any */
    ParticipantHosts(List<String> allowed) {
        this.allowed = allowed.stream()
                .map(host -> host.trim().toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean allow(URI uri) {
        String host = uri.getHost();
        if (host == null || !SCHEMES.contains(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT))) {
            return false;
        }
        String name = host.toLowerCase(Locale.ROOT);
        return allowed.contains(ANY) || allowed.contains(name) || allowed.contains(name + ":" + uri.getPort());
    }

    /** The first URL of a {@code Link} header that may not be called, and why; {@code null}: all may. */
    String refusalOf(String link) {
        return LINK.matcher(link)
                .results()
                .map(found -> found.group(1).trim())
                .filter(url -> !allowUrl(url))
                .map(this::refusal)
                .findFirst()
                .orElse(null);
    }

    String refusal(Object url) {
        return "The participant %s is not allowed: its host is not in caravan.lra.coordinator.allowed-participants, %s"
                .formatted(shown(url), allowed);
    }

    /** The refusal is logged: it has what a URL can have, and no more. */
    private static String shown(Object url) {
        String text = NOT_OF_A_URL.matcher(String.valueOf(url)).replaceAll("?");
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }

    private boolean allowUrl(String url) {
        try {
            return allow(URI.create(url));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
