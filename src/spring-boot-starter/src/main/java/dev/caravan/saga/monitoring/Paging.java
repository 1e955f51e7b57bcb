package dev.caravan.saga.monitoring;

import dev.caravan.saga.monitoring.SagaPage.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Takes one page out of all sagas: of those in memory it looks at each once, of those on disk it is handed the first. A page
 * begins after a saga and not at a number, so that sagas that start meanwhile move nothing.
 */
final class Paging {

    private static final Comparator<Candidate> ORDER = Comparator.comparing(Candidate::place);

    private final SagaQuery query;
    private final Instant now;
    private final Duration silence;
    private final @Nullable Place after;
    private final PriorityQueue<Candidate> first = new PriorityQueue<>(ORDER.reversed());
    private long total;
    private boolean more;

    /** @throws IllegalArgumentException the query's {@code after} is of no page */
    Paging(SagaQuery query, Instant now, Duration silence) {
        this.query = query;
        this.now = now;
        this.silence = silence;
        this.after = query.after() == null ? null : Place.decoded(query.after());
    }

    private record Candidate(Place place, Line line) {}

    /**
     * Some of the sagas that match and ended for good.
     *
     * @param first behind the place after which the page begins: one more than fit on it, if there are so many
     * @param total how many match, wherever they are
     */
    record Some(List<SagaSummary> first, long total) {

        static final Some NONE = new Some(List.of(), 0);
    }

    /** Behind which saga the page begins; {@code null}: it is the first page. */
    @Nullable
    Place after() {
        return after;
    }

    /** To be called first, and once. */
    Paging lookAt(Collection<SagaSummary> sagas) {
        for (SagaSummary saga : sagas) {
            Attention attention = Attention.of(saga, now, silence);
            if (query.matches(saga, attention)) {
                total++;
                add(saga, attention);
            }
        }
        return this;
    }

    private void add(SagaSummary saga, Attention attention) {
        Place place = Place.of(saga, attention, query.order());
        if (after != null && place.compareTo(after) <= 0) {
            return;
        }
        boolean isFull = first.size() == query.limit();
        more |= isFull;
        if (isFull && place.compareTo(first.element().place()) > 0) {
            return;
        }
        first.add(new Candidate(place, new Line(saga, attention)));
        if (isFull) {
            first.remove();
        }
    }

    SagaPage page(Some others) {
        others.first().forEach(saga -> add(saga, Attention.NONE));
        List<Candidate> sorted = new ArrayList<>(first);
        Collections.sort(sorted, ORDER);
        String next = more ? sorted.get(sorted.size() - 1).place().encoded() : null;
        return new SagaPage(sorted.stream().map(Candidate::line).toList(), total + others.total(), next);
    }
}
