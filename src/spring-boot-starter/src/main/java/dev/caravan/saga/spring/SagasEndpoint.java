package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaView;
import java.time.Clock;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** The actuator's {@code sagas}: numbers and what needs attention; one saga. It changes nothing. */
@Endpoint(id = "sagas")
class SagasEndpoint {

    private static final String MOST = "100";

    private final SagaView view;
    private final Clock clock;
    private final SagaJson json = new SagaJson();

    SagasEndpoint(SagaView view, Clock clock) {
        this.view = view;
        this.clock = clock;
    }

    @ReadOperation
    ObjectNode sagas() {
        SagaListRequest attention = new SagaListRequest(null, null, null, null, null, "true", "attention", null, MOST);
        ObjectNode node = json.overview(view.overview());
        node.set("attention", json.list(view.list(attention.query(clock)).sagas()));
        return node;
    }

    /** {@code null}, which is 404, when there is none. */
    @ReadOperation
    ObjectNode saga(@Selector String sagaId) {
        try {
            return view.find(new SagaId(sagaId))
                    .map(saga -> json.timeline(saga, view.attention(saga), view::line))
                    .orElse(null);
        } catch (IllegalArgumentException notAnId) {
            return null;
        }
    }
}
