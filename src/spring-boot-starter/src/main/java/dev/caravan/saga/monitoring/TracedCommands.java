package dev.caravan.saga.monitoring;

import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Commands carry their trace to the participant, which does them in a span of that trace. */
public final class TracedCommands implements CommandInterceptor {

    private final Tracer tracer;
    private final CommandInterceptor inner;

    /** @param inner stands around the command within the span */
    public TracedCommands(Tracer tracer, CommandInterceptor inner) {
        this.tracer = tracer;
        this.inner = inner;
    }

    /** Adds the header {@code traceparent} to what is sent. */
    public static CommandSender sender(CommandSender sender, SagaTraces traces) {
        return (command, headers) -> {
            Optional<TraceContext> trace = traces.contextOf(command);
            if (trace.isEmpty()) {
                return sender.send(command, headers);
            }
            Map<String, String> all = new HashMap<>(headers);
            all.put(TraceParent.HEADER, TraceParent.of(trace.get()));
            return sender.send(command, all);
        };
    }

    @Override
    public SagaReply around(SagaCommand command, Map<String, String> headers, CommandHandler handler) throws Exception {
        Optional<TraceContext> parent = TraceParent.read(tracer, headers.get(TraceParent.HEADER));
        if (parent.isEmpty()) {
            return inner.around(command, headers, handler);
        }
        Span span = tracer.spanBuilder()
                .setParent(parent.get())
                .kind(Span.Kind.CONSUMER)
                .name(command.service() + " " + command.command())
                .start()
                .tag("saga.id", command.sagaId().value())
                .tag("saga.step", command.step().toString());
        Tracer.SpanInScope scope = tracer.withSpan(span);
        try {
            SagaReply reply = inner.around(command, headers, handler);
            span.tag("saga.reply", reply.status().name());
            return reply;
        } catch (Exception e) {
            span.error(e);
            throw e;
        } finally {
            scope.close();
            span.end();
        }
    }
}
