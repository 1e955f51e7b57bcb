package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaMention;
import dev.caravan.saga.state.SagaEvent;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The saga that an exchange works on, as log lines name it. */
public final class MentionedSaga {

    private static final SagaMention NONE = new SagaMention("that is not known", Map.of());

    private MentionedSaga() {}

    /**
     * With its key and its step, as far as they are known; its trace only if a message has brought it. Fast enough for each
     * node of a route.
     */
    public static Optional<SagaMention> of(Exchange exchange) {
        return idOf(exchange).map(id -> SagaMention.of(id)
                .called(keyOf(exchange).orElseGet(() -> header(exchange, SagaMention.KEY_HEADER)))
                .traced(header(exchange, SagaMention.TRACE_HEADER))
                .in(SagaContext.of(exchange).step()));
    }

    /** With its trace, where there are traces. */
    static SagaMention inFull(Exchange exchange) {
        return SagaContext.current(exchange)
                .map(run -> SagaMention.of(run.saga().state())
                        .in(SagaContext.of(exchange).step()))
                .or(() -> of(exchange))
                .orElse(NONE);
    }

    /** The key of the saga that the exchange runs. */
    static Optional<String> keyOf(Exchange exchange) {
        return SagaContext.current(exchange)
                .map(run -> run.saga().state().start())
                .map(SagaEvent.Start::key);
    }

    private static Optional<SagaId> idOf(Exchange exchange) {
        return LongRunningAction.of(exchange)
                .filter(action -> SagaId.isValid(LongRunningAction.lastOf(action)))
                .map(SagaContext.of(exchange)::sagaOf);
    }

    private static @Nullable String header(Exchange exchange, String name) {
        return exchange.getMessage().getHeader(name, String.class);
    }
}
