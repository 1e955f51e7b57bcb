package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaView;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The actuator's {@code sagas}: numbers and what needs attention; one saga. It changes nothing. Its answers are maps, which
 * each version of Jackson writes.
 */
@Endpoint(id = "sagas")
class SagasEndpoint {

    private static final String MOST = "100";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final SagaView view;
    private final Clock clock;
    private final SagaJson json = new SagaJson();

    SagasEndpoint(SagaView view, Clock clock) {
        this.view = view;
        this.clock = clock;
    }

    @ReadOperation
    Map<?, ?> sagas() {
        SagaListRequest attention = new SagaListRequest(null, null, null, null, null, "true", "attention", null, MOST);
        ObjectNode node = json.overview(view.overview());
        node.set("attention", json.list(view.list(attention.query(clock)).sagas()));
        return map(node);
    }

    /** {@code null}, which is 404, when there is none. */
    @ReadOperation
    @Nullable
    Map<?, ?> saga(@Selector String sagaId) {
        try {
            return view.find(new SagaId(sagaId))
                    .map(saga -> json.timeline(saga, view.attention(saga), view::line))
                    .map(SagasEndpoint::map)
                    .orElse(null);
        } catch (IllegalArgumentException notAnId) {
            return null;
        }
    }

    private static Map<?, ?> map(ObjectNode node) {
        return MAPPER.convertValue(node, Map.class);
    }
}
