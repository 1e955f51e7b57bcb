package dev.caravan.saga.engine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The path of a branch in a route: an element for each time that the message was divided, or went round in a loop, from the
 * outside to the inside, with slashes between. {@code S3@order:0/M0@fork}: the first branch of the multicast {@code fork} in
 * the fourth part of what the first split of the route {@code order} divides. A node that a branch comes to more than once
 * says so: {@code S3@order:0+1}. The paths that were written first have no nodes, {@code S3/M0}, and no loops.
 */
public final class BranchPaths {

    /** Begins the element of a branch that nobody waits for. */
    public static final String ASIDE = "~";

    /** Begins the element of a round of a loop. */
    public static final String ROUND = "L";

    /** The path of what is in no branch. */
    public static final String NONE = "";

    private static final String NODE = "@";

    private BranchPaths() {}

    /** The path of a branch within another. */
    public static String within(String path, String element) {
        return path.isEmpty() ? element : path + "/" + element;
    }

    /**
     * One element.
     *
     * @param kind what was done with the message there
     * @param number of the part, branch or round; empty: there is only one
     * @param node that did it
     */
    public static String element(String kind, String number, String node) {
        return kind + number + NODE + node;
    }

    /** True when a path that has no nodes yet is that of this branch, as far as it tells. */
    public static boolean isOld(String known, String path) {
        if (known.contains(NODE)) {
            return false;
        }
        String[] one = known.split("/", -1);
        String[] other = withoutNodes(path).split("/", -1);
        if (one.length != other.length) {
            return false;
        }
        for (int i = 0; i < one.length; i++) {
            boolean tapped = other[i].equals(ASIDE) && one[i].matches(ASIDE + "\\d+");
            if (!tapped && !one[i].equals(other[i])) {
                return false;
            }
        }
        return true;
    }

    private static String withoutNodes(String path) {
        return elements(path)
                .map(element -> element.contains(NODE) ? element.substring(0, element.indexOf(NODE)) : element)
                .collect(Collectors.joining("/"));
    }

    /** Rounds of a loop come one after another, and are no branches. */
    private static Stream<String> elements(String path) {
        return Arrays.stream(path.split("/", -1)).filter(element -> !isRound(element));
    }

    /** True for the same path, but for rounds of loops. */
    static boolean isSameBut(@Nullable String one, String other) {
        return one != null && elements(one).toList().equals(elements(other).toList());
    }

    private static boolean isRound(String element) {
        return element.startsWith(ROUND) && element.contains(NODE);
    }

    /**
     * True when what one takes comes before what is taken later in the same branch, or in one that came of it; rounds of a
     * loop come one after another.
     */
    static boolean comesInOrder(String earlier, String path) {
        Apart apart = Apart.of(earlier, path);
        return apart.earlier().stream().allMatch(BranchPaths::isRound) && apart.staysInOrder();
    }

    /** True when one is in a branch that has come back to where the other one goes on. */
    static boolean hasComeBack(String branch, String path) {
        Apart apart = Apart.of(branch, path);
        List<String> before = apart.earlier();
        List<String> after = apart.later();
        return !before.stream().allMatch(BranchPaths::isRound)
                && (after.isEmpty() || isRound(after.get(0)) || isRound(before.get(0)))
                && apart.staysInOrder();
    }

    /** What is left of two paths behind what is the same in them. */
    private record Apart(List<String> earlier, List<String> later) {

        static Apart of(String earlier, String path) {
            boolean old = !earlier.isEmpty() && !earlier.contains(NODE);
            List<String> one = split(earlier);
            List<String> other = split(old ? withoutNodes(path) : path);
            int same = 0;
            while (same < Math.min(one.size(), other.size()) && one.get(same).equals(other.get(same))) {
                same++;
            }
            return new Apart(one.subList(same, one.size()), other.subList(same, other.size()));
        }

        private static List<String> split(String path) {
            return path.isEmpty() ? List.of() : List.of(path.split("/", -1));
        }

        boolean staysInOrder() {
            return later.stream().noneMatch(element -> element.startsWith(ASIDE));
        }
    }

    /** True for a branch of what a node divided at a path. */
    static boolean isOf(String known, String path, String node) {
        String prefix = path.isEmpty() ? "" : path + "/";
        if (!known.startsWith(prefix)) {
            return false;
        }
        String rest = known.substring(prefix.length());
        int end = rest.indexOf('/');
        return (end < 0 ? rest : rest.substring(0, end)).endsWith(NODE + node);
    }

    /** True for what is in a branch, or in one within it; not for what went aside. */
    public static boolean isWithin(String path, String branch) {
        return (path.equals(branch) || path.startsWith(branch + "/")) && !isAside(path.substring(branch.length()));
    }

    /** True for no branch, and for one that does not go aside and says which it is. */
    static boolean isCertain(String path) {
        return path.isEmpty() || path.contains(NODE) && !isAside(path);
    }

    /** True when a part of the way is a branch that nobody waits for. */
    static boolean isAside(String path) {
        return path.startsWith(ASIDE) || path.contains("/" + ASIDE);
    }
}
