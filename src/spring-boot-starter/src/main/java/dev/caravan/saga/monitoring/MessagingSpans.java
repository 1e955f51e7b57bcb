package dev.caravan.saga.monitoring;

import dev.caravan.saga.message.SagaCommand;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.Map;

/** Spans of commands by OpenTelemetry's semantic conventions for messaging with Kafka: {@code send <topic>}, {@code process <topic>}. */
final class MessagingSpans {

    private final Tracer tracer;

    MessagingSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Of one attempt: a command that is sent again has another one. */
    Span send(TraceContext parent, String topic, SagaCommand command) {
        return started(parent, Span.Kind.PRODUCER, "send", topic, command);
    }

    /** @param headers what came with the command, and where it was */
    Span process(TraceContext parent, String topic, SagaCommand command, Map<String, String> headers) {
        Span span = started(parent, Span.Kind.CONSUMER, "process", topic, command)
                .tag("messaging.consumer.group.name", command.service());
        String partition = headers.get("kafka.PARTITION");
        String offset = headers.get("kafka.OFFSET");
        if (partition != null && offset != null) {
            span.tag("messaging.destination.partition.id", partition)
                    .tag("messaging.kafka.offset", Long.parseLong(offset));
        }
        return span;
    }

    /** Kafka has none of its own; a participant knows a command that comes again by this one. */
    private static String id(SagaCommand command) {
        return "%s/%s/%s".formatted(command.sagaId(), command.step(), command.command());
    }

    private Span started(TraceContext parent, Span.Kind kind, String operation, String topic, SagaCommand command) {
        return tracer.spanBuilder()
                .setParent(parent)
                .kind(kind)
                .name(operation + " " + topic)
                .tag("messaging.system", "kafka")
                .tag("messaging.operation.type", operation)
                .tag("messaging.operation.name", operation)
                .tag("messaging.destination.name", topic)
                .tag("messaging.message.id", id(command))
                .tag("messaging.message.conversation_id", command.sagaId().value())
                .tag("saga.id", command.sagaId().value())
                .tag("saga.step", command.step().toString())
                .tag("saga.command", command.command())
                .tag("saga.phase", command.phase().name())
                .start();
    }
}
