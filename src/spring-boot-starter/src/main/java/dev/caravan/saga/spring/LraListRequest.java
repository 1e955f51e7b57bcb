package dev.caravan.saga.spring;

import dev.caravan.saga.lra.CoordinatorLra;
import dev.caravan.saga.lra.CoordinatorLras;
import dev.caravan.saga.lra.LraStatus;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which LRAs somebody asks for, as text; each may be {@code null}.
 *
 * @param status one or more, with commas between them
 * @param sagas {@code true}: also those of sagas
 * @param limit LRAs on a page, 100 by default
 * @param after the page after which one
 */
record LraListRequest(
        @Nullable String status,
        @Nullable String sagas,
        @Nullable String limit,
        @Nullable String after) {

    private static final int MAX_LIMIT = 1000;
    private static final int DEFAULT_LIMIT = 100;
    private static final Pattern PLACE = Pattern.compile("(?<began>[0-9]{1,18})~(?<uid>[0-9a-fA-F_:-]{1,128})");

    /** @param next after which the next page begins; {@code null}: this is the last one */
    record Page(
            List<CoordinatorLra> lras, int total, @Nullable String next) {}

    boolean withSagas() {
        return Boolean.parseBoolean(sagas);
    }

    /**
     * A page out of all that are wanted, the latest first.
     *
     * @throws IllegalArgumentException names what is wrong
     */
    Page of(List<CoordinatorLra> all) {
        Set<LraStatus> wanted = statuses();
        Predicate<CoordinatorLra> isBehind = behind();
        int most = pageSize();
        List<CoordinatorLra> matching =
                all.stream().filter(lra -> wanted.contains(lra.status())).toList();
        List<CoordinatorLra> behind = matching.stream().filter(isBehind).toList();
        List<CoordinatorLra> page = behind.stream().limit(most).toList();
        return new Page(page, matching.size(), behind.size() > most ? place(page.get(most - 1)) : null);
    }

    private static String place(CoordinatorLra lra) {
        return CoordinatorLras.began(lra) + "~" + lra.uid();
    }

    /** The place of one that has ended meanwhile is still one. */
    private Predicate<CoordinatorLra> behind() {
        String said = Parameters.given(after);
        if (said == null) {
            return lra -> true;
        }
        Matcher place = PLACE.matcher(said);
        if (!place.matches()) {
            throw new IllegalArgumentException("after is %s; it comes out of the header Link".formatted(after));
        }
        long began = Long.parseLong(place.group("began"));
        String uid = place.group("uid");
        return lra -> CoordinatorLras.began(lra) < began
                || CoordinatorLras.began(lra) == began && lra.uid().compareTo(uid) > 0;
    }

    private Set<LraStatus> statuses() {
        Set<LraStatus> statuses = EnumSet.noneOf(LraStatus.class);
        String said = Parameters.given(status);
        if (said == null) {
            return EnumSet.allOf(LraStatus.class);
        }
        for (String one : said.split(",")) {
            statuses.add(LraStatus.of(one)
                    .orElseThrow(() -> new IllegalArgumentException("status is %s; it is one of %s"
                            .formatted(
                                    one,
                                    Arrays.stream(LraStatus.values())
                                            .filter(known -> known != LraStatus.Gone)
                                            .toList()))));
        }
        return statuses;
    }

    private int pageSize() {
        String said = Parameters.given(limit);
        if (said == null) {
            return DEFAULT_LIMIT;
        }
        if (!said.matches("[0-9]{1,4}") || Integer.parseInt(said) < 1 || Integer.parseInt(said) > MAX_LIMIT) {
            throw new IllegalArgumentException("limit is %s; it goes from 1 to %d".formatted(limit, MAX_LIMIT));
        }
        return Integer.parseInt(said);
    }
}
