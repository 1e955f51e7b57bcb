package dev.caravan.saga.engine;

/**
 * The path of a branch in a route: an element for each time that the message was divided, from the outside to the inside,
 * with slashes between. {@code S3/M0}: the first branch of a multicast in the fourth part of a split message.
 */
public final class BranchPaths {

    /** Begins the element of a branch that nobody waits for. */
    public static final String ASIDE = "~";

    /** The path of what is in no branch. */
    public static final String NONE = "";

    private BranchPaths() {}

    /** The path of a branch within another. */
    public static String within(String path, String element) {
        return path.isEmpty() ? element : path + "/" + element;
    }

    /** True when what the earlier path takes comes before what is taken later in the same branch, or in one that came of it. */
    static boolean comesInOrder(String earlier, String path) {
        if (path.equals(earlier) || earlier.isEmpty()) {
            return path.equals(earlier) || !isAside(path);
        }
        return path.startsWith(earlier + "/") && !isAside(path.substring(earlier.length() + 1));
    }

    private static boolean isAside(String path) {
        return path.startsWith(ASIDE) || path.contains("/" + ASIDE);
    }
}
