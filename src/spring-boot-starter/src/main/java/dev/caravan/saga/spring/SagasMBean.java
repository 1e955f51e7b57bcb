package dev.caravan.saga.spring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaView;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;

/** Sagas over JMX. Answers are JSON, as over HTTP. */
@ManagedResource(
        objectName = "dev.caravan:type=Sagas",
        description = "The sagas that the saga log has, and what a person can do with one")
public class SagasMBean {

    private static final String STATUS = "One or more of EXECUTING, COMPLETING, COMPLETED, COMPENSATING, COMPENSATED,"
            + " FAILED, with commas between them; empty: any";
    private static final String SAGA_ID = "The saga's id";
    private static final String WHO = "Who you are; it is written to the saga log";
    private static final String REASON = "Why; it is written to the saga log";

    private final SagaView view;
    private final SagaOperator operator;
    private final Clock clock;
    private final SagaJson json = new SagaJson();

    SagasMBean(SagaView view, SagaOperator operator, Clock clock) {
        this.view = view;
        this.operator = operator;
        this.clock = clock;
    }

    @ManagedAttribute(description = "All sagas in numbers, and how far the list is behind the log")
    public String getOverview() {
        return json.overview(view.overview()).toString();
    }

    @ManagedAttribute(description = "Sagas that a person should look at")
    public long getNeedingAttention() {
        return view.overview().byAttention().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @ManagedOperation(description = "Lists sagas, those that need attention first")
    @ManagedOperationParameter(name = "status", description = STATUS)
    @ManagedOperationParameter(name = "name", description = "The saga's name; empty: any")
    @ManagedOperationParameter(name = "text", description = "A part of the id or of the key; empty: any")
    @ManagedOperationParameter(name = "olderThan", description = "A time such as 5m or 7d; empty: any age")
    @ManagedOperationParameter(name = "limit", description = "How many at most, up to 1000")
    public String list(String status, String name, String text, String olderThan, int limit) {
        SagaListRequest request = new SagaListRequest(
                status, name, text, olderThan, null, null, "attention", null, Integer.toString(limit));
        return json.list(view.list(request.query(clock)).sagas()).toString();
    }

    @ManagedOperation(description = "One saga: its steps, and its events in the order of the log")
    @ManagedOperationParameter(name = "sagaId", description = SAGA_ID)
    public String find(String sagaId) {
        return view.find(new SagaId(sagaId))
                .map(saga -> json.timeline(saga, view.attention(saga), view::line))
                .orElseThrow(() -> new IllegalArgumentException("There is no saga " + sagaId))
                .toString();
    }

    @ManagedOperation(description = "Has the compensations of a FAILED saga tried again")
    @ManagedOperationParameter(name = "sagaId", description = SAGA_ID)
    @ManagedOperationParameter(name = "who", description = WHO)
    @ManagedOperationParameter(name = "reason", description = REASON)
    public void retry(String sagaId, String who, String reason) {
        done(operator.retry(new SagaId(sagaId), given(who), given(reason)));
    }

    @ManagedOperation(description = "Says that what a FAILED saga had left was undone by hand; it is COMPENSATED then")
    @ManagedOperationParameter(name = "sagaId", description = SAGA_ID)
    @ManagedOperationParameter(name = "who", description = WHO)
    @ManagedOperationParameter(name = "reason", description = REASON)
    public void resolve(String sagaId, String who, String reason) {
        done(operator.resolve(new SagaId(sagaId), given(who), given(reason)));
    }

    @ManagedOperation(description = "Has a saga undone that is EXECUTING")
    @ManagedOperationParameter(name = "sagaId", description = SAGA_ID)
    @ManagedOperationParameter(name = "who", description = WHO)
    @ManagedOperationParameter(name = "reason", description = REASON)
    public void cancel(String sagaId, String who, String reason) {
        done(operator.cancel(new SagaId(sagaId), given(who), given(reason)));
    }

    private static String given(String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("Who and reason are needed: they are written to the saga log");
        }
        return value.strip();
    }

    /** A client of JMX may lack the classes of ours: it gets the message. */
    private static void done(CompletableFuture<Void> action) {
        try {
            action.join();
        } catch (CompletionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        }
    }
}
