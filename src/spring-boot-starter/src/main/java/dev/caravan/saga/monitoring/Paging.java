package dev.caravan.saga.monitoring;

import dev.caravan.saga.monitoring.SagaPage.Line;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Takes one page out of all sagas by looking at each once. A page begins after a saga and not at a number, so that
 * sagas that start meanwhile move nothing.
 */
final class Paging {

    private final SagaQuery query;
    private final Instant now;
    private final Duration silence;

    Paging(SagaQuery query, Instant now, Duration silence) {
        this.query = query;
        this.now = now;
        this.silence = silence;
    }

    private record Place(int rank, long startedAt, String sagaId) implements Comparable<Place> {

        private static final Comparator<Place> ORDER = Comparator.comparingInt(Place::rank)
                .thenComparing(Comparator.comparingLong(Place::startedAt).reversed())
                .thenComparing(Comparator.comparing(Place::sagaId).reversed());

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }

        String encoded() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((rank + " " + startedAt + " " + sagaId).getBytes(StandardCharsets.UTF_8));
        }

        static Place decoded(String text) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", 3);
                return new Place(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2]);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalArgumentException("Not the next of a page: " + text, e);
            }
        }
    }

    private record Candidate(Place place, Line line) {}

    /** @throws IllegalArgumentException the query's {@code after} is of no page */
    SagaPage page(Collection<SagaSummary> sagas) {
        Place after = query.after() == null ? null : Place.decoded(query.after());
        Comparator<Candidate> order = Comparator.comparing(Candidate::place);
        PriorityQueue<Candidate> first = new PriorityQueue<>(order.reversed());
        long total = 0;
        boolean more = false;
        for (SagaSummary saga : sagas) {
            Attention attention = Attention.of(saga, now, silence);
            if (!query.matches(saga, attention)) {
                continue;
            }
            total++;
            Place place = place(saga, attention);
            if (after != null && place.compareTo(after) <= 0) {
                continue;
            }
            first.add(new Candidate(place, new Line(saga, attention)));
            if (first.size() > query.limit()) {
                first.remove();
                more = true;
            }
        }
        List<Candidate> sorted = new ArrayList<>(first);
        Collections.sort(sorted, order);
        String next = more ? sorted.get(sorted.size() - 1).place().encoded() : null;
        return new SagaPage(sorted.stream().map(Candidate::line).toList(), total, next);
    }

    private Place place(SagaSummary saga, Attention attention) {
        int rank = query.order() == SagaQuery.Order.ATTENTION ? attention.ordinal() : 0;
        return new Place(rank, saga.startedAt().toEpochMilli(), saga.sagaId().value());
    }
}
