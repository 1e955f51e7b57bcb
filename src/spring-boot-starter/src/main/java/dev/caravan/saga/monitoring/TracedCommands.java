package dev.caravan.saga.monitoring;

import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.StepAtWorkException;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Each attempt of a command is a span, {@code send <topic>}, and carries it to the participant, which does the command in
 * one below it, {@code process <topic>}.
 */
public final class TracedCommands implements CommandInterceptor {

    private final Tracer tracer;
    private final MessagingSpans spans;

    public TracedCommands(Tracer tracer) {
        this.tracer = tracer;
        this.spans = new MessagingSpans(tracer);
    }

    /**
     * Adds the header {@code traceparent} to what is sent.
     *
     * @param topic to which a command is sent
     */
    public static CommandSender sender(
            CommandSender sender, Tracer tracer, SagaTraces traces, Function<SagaCommand, String> topic) {
        MessagingSpans spans = new MessagingSpans(tracer);
        return (command, headers) -> traces.contextOf(command)
                .map(parent -> send(sender, spans.send(parent, topic.apply(command), command), command, headers))
                .orElseGet(() -> sender.send(command, headers));
    }

    private static CompletionStage<Void> send(
            CommandSender sender, Span span, SagaCommand command, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put(TraceParent.HEADER, TraceParent.of(span.context()));
        try {
            return sender.send(command, all).whenComplete((sent, failure) -> {
                if (failure != null) {
                    failed(span, failure);
                }
                span.end();
            });
        } catch (RuntimeException e) {
            failed(span, e).end();
            throw e;
        }
    }

    @Override
    public SagaReply around(SagaCommand command, Map<String, String> headers, CommandHandler handler) throws Exception {
        Optional<TraceContext> parent = TraceParent.read(tracer, headers.get(TraceParent.HEADER));
        if (parent.isEmpty()) {
            return handler.handle(command);
        }
        String topic = headers.getOrDefault("kafka.TOPIC", command.service());
        Span span = spans.process(parent.get(), topic, command, headers);
        Tracer.SpanInScope scope = tracer.withSpan(span);
        try {
            SagaReply reply = handler.handle(command);
            told(span, reply);
            return reply;
        } catch (StepAtWorkException e) {
            span.event("waits");
            throw e;
        } catch (Exception | Error e) {
            failed(span, e);
            throw e;
        } finally {
            scope.close();
            span.end();
        }
    }

    private static void told(Span span, SagaReply reply) {
        span.tag("saga.reply", reply.status().name());
        if (reply.status() == SagaReply.Status.FAILED && !reply.isAtWork()) {
            String code = reply.code() == null ? "_OTHER" : reply.code();
            SagaError.on(span.tag("error.type", code), reply.error() == null ? code : reply.error());
        }
    }

    private static Span failed(Span span, Throwable failure) {
        return span.tag("error.type", failure.getClass().getName()).error(failure);
    }
}
