package dev.caravan.coordinator.log;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The last segment of the path of an LRA's URL. That of a nested one names the outermost, so that all entries of those that
 * end together are in one partition.
 */
public final class LraUid {

    private static final Pattern VALID = Pattern.compile("[0-9a-f]{32}(_[0-9a-f]{32})?");
    private static final char OF = '_';

    private LraUid() {}

    /** A new one; nested if there is a parent. */
    static String next(String parent) {
        String unique = UUID.randomUUID().toString().replace("-", "");
        return parent == null ? unique : unique + OF + root(parent);
    }

    /** Of a URL of an LRA, or of its {@code uid} alone; {@code null}: that of no LRA of this log. */
    public static String in(String id) {
        int query = id.indexOf('?');
        String path = query < 0 ? id : id.substring(0, query);
        String uid = path.substring(path.lastIndexOf('/') + 1);
        return VALID.matcher(uid).matches() ? uid : null;
    }

    /** That of the outermost LRA. */
    static String root(String uid) {
        return uid.substring(uid.indexOf(OF) + 1);
    }
}
