package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentChangesTest {

    private final RecentChanges changes = new RecentChanges();

    private static ObjectNode line(int saga, String status) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("sagaId", "saga-" + saga)
                .put("status", status);
    }

    private String add(int saga, String status) {
        return changes.add(line(saga, status)).orElseThrow().id();
    }

    @Test
    void tellsEachChangeOnce() {
        add(1, "EXECUTING");

        assertThat(changes.add(line(1, "EXECUTING"))).isEmpty();
        assertThat(changes.add(line(1, "COMPLETED"))).isPresent();
    }

    @Test
    void knowsWhatAClientMissed() {
        add(1, "EXECUTING");
        String heard = add(2, "EXECUTING");
        assertThat(changes.since(heard).orElseThrow()).isEmpty();

        add(1, "COMPLETED");
        add(3, "EXECUTING");

        assertThat(changes.since(heard).orElseThrow())
                .extracting(RecentChanges.Change::sagaId)
                .containsExactly("saga-1", "saga-3");
    }

    @Test
    void saysWhenItDoesNotKnowWhatAClientMissed() {
        String heard = add(0, "EXECUTING");
        for (int saga = 1; saga <= 1000; saga++) {
            add(saga, "EXECUTING");
        }
        assertThat(changes.since(heard)).isPresent();

        add(1001, "EXECUTING");
        add(1002, "EXECUTING");
        assertThat(changes.since(heard)).isEmpty();
    }

    @Test
    void forgetsWhileNobodyListens() {
        String heard = add(1, "EXECUTING");
        changes.forget();

        assertThat(changes.since(heard)).isEmpty();
        assertThat(changes.since(add(1, "EXECUTING")).orElseThrow()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "/", "another/1", "another/x", "/99999999999999999999999"})
    void doesNotKnowTheIdsOfOthers(String id) {
        add(1, "EXECUTING");

        assertThat(changes.since(id)).isEmpty();
    }
}
