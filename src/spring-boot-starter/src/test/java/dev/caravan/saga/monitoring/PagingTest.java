package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PagingTest {

    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final Duration SILENCE = Duration.ofDays(1);

    @Test
    void walksThroughAllSagasAndMeetsEachOnceThoughMoreBeginMeanwhile() {
        List<SagaSummary> all = sagas(0, 5_000);
        List<String> met = new ArrayList<>();
        String after = null;
        int pages = 0;
        do {
            SagaPage page = page(all, query(after, 300));
            page.sagas().forEach(line -> met.add(line.saga().sagaId().value()));
            after = page.next();
            all.addAll(sagas(5_000 + 10 * pages, 5_000 + 10 * pages + 10));
            pages++;
        } while (after != null);

        assertThat(pages).isEqualTo(17);
        assertThat(met)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 5_000)
                        .mapToObj(i -> "saga-" + (5_000 - i))
                        .toList());
    }

    @Test
    void countsAllPagesAndEndsWithoutANext() {
        SagaPage page = page(sagas(0, 10), query(null, 10));

        assertThat(page.total()).isEqualTo(10);
        assertThat(page.next()).isNull();
    }

    @Test
    void filtersByStatusNameTextAndAge() {
        List<SagaSummary> all = sagas(0, 10);

        assertThat(names(
                        all,
                        new SagaQuery(Set.of(SagaStatus.FAILED), null, null, null, null, false, latest(), null, 9)))
                .isEmpty();
        assertThat(names(all, new SagaQuery(Set.of(), "other", null, null, null, false, latest(), null, 9)))
                .isEmpty();
        assertThat(names(all, new SagaQuery(Set.of(), "trip", "key-7", null, null, false, latest(), null, 9)))
                .containsExactly("saga-7");
        assertThat(names(all, new SagaQuery(Set.of(), null, "saga-3", null, null, false, latest(), null, 9)))
                .containsExactly("saga-3");
        assertThat(names(
                        all,
                        new SagaQuery(
                                Set.of(), null, null, AT.plusSeconds(4), AT.plusSeconds(1), false, latest(), null, 9)))
                .containsExactly("saga-3", "saga-2");
    }

    @Test
    void refusesAPageThatNobodyGaveOut() {
        List<SagaSummary> all = sagas(0, 1);

        for (String forged : List.of("page2", "", "MQ", "%")) {
            assertThatThrownBy(() -> page(all, query(forged, 10))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static SagaQuery.Order latest() {
        return SagaQuery.Order.LATEST;
    }

    private static List<String> names(Collection<SagaSummary> all, SagaQuery query) {
        return page(all, query).sagas().stream()
                .map(line -> line.saga().sagaId().value())
                .toList();
    }

    private static SagaPage page(Collection<SagaSummary> all, SagaQuery query) {
        return new Paging(query, AT.plusSeconds(10_000), SILENCE).lookAt(all).page(Paging.Some.NONE);
    }

    private static SagaQuery query(String after, int limit) {
        return new SagaQuery(Set.of(), null, null, null, null, false, SagaQuery.Order.ATTENTION, after, limit);
    }

    private static List<SagaSummary> sagas(int from, int to) {
        List<SagaSummary> sagas = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Instant at = AT.plusSeconds(i);
            sagas.add(new SagaSummary(
                    new SagaId("saga-" + i),
                    "trip",
                    SagaStatus.COMPLETED,
                    "key-" + i,
                    null,
                    null,
                    null,
                    null,
                    null,
                    at,
                    at,
                    Map.of(),
                    null,
                    null,
                    null,
                    new Cause(null, null),
                    Positions.NONE));
        }
        Collections.shuffle(sagas, new Random(from));
        return sagas;
    }
}
