package dev.caravan.saga.message;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The headers that carry credentials. They may be on an exchange, and a route may use them; they are never kept or sent
 * by Caravan: not in the saga log, not as an option of a step, not on a record or a dead letter. After a crash a route
 * does not see them again. Upper and lower case are the same.
 */
public final class CredentialHeaders {

    /** Those of HTTP. */
    public static final List<String> OF_HTTP = List.of(
            "Authorization", "Cookie", "Proxy-Authorization", "Set-Cookie", "Set-Cookie2", "X-Api-Key", "X-Auth-Token");

    /** Without any of an application's own. */
    public static final CredentialHeaders DEFAULT = new CredentialHeaders(List.of());

    private final Set<String> names;

    /** @param more beside those of HTTP */
    public CredentialHeaders(Collection<String> more) {
        Set<String> all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        all.addAll(OF_HTTP);
        more.stream().map(String::strip).filter(name -> !name.isEmpty()).forEach(all::add);
        this.names = Collections.unmodifiableSet(all);
    }

    public boolean contains(String name) {
        return names.contains(name);
    }
}
