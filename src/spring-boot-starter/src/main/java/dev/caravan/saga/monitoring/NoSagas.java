package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What there is on disk where there is none. */
final class NoSagas implements EndedSagas.Shown {

    static final NoSagas ON_DISK = new NoSagas();

    private NoSagas() {}

    @Override
    public boolean has(SagaId sagaId) {
        return false;
    }

    @Override
    public Optional<SagaSummary> find(SagaId sagaId) {
        return Optional.empty();
    }

    @Override
    public Optional<SagaSummary> findByKey(String key) {
        return Optional.empty();
    }

    @Override
    public Paging.Some page(SagaQuery query, @Nullable Place after) {
        return Paging.Some.NONE;
    }

    @Override
    public List<SagaGroup> groups(SagaQuery query) {
        return List.of();
    }

    @Override
    public Map<SagaStatus, Long> byStatus() {
        return Map.of();
    }

    @Override
    public Set<String> names() {
        return Set.of();
    }

    @Override
    public void close() {}
}
