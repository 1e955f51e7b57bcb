package dev.caravan.saga.camel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.CallbackWaitsException;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.StepRejectedException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a command of a step carried out. The route goes on, on no thread that waited, with what was answered. */
abstract class CommandProducer extends DefaultAsyncProducer {

    private static final Logger LOGGER = LoggerFactory.getLogger(CommandProducer.class);

    final @Nullable String service;
    final String command;
    final SagaHost host;
    final Payloads payloads;
    private final Set<String> fields;

    CommandProducer(SagaCommandEndpoint endpoint, SagaHost host, Payloads payloads) {
        this(endpoint, endpoint.getService(), endpoint.getCommand(), endpoint.getFields(), host, payloads);
    }

    /** @param service {@code null}: nobody is sent anything */
    CommandProducer(
            Endpoint endpoint,
            @Nullable String service,
            String command,
            @Nullable String fields,
            SagaHost host,
            Payloads payloads) {
        super(endpoint);
        this.service = service;
        this.command = command;
        this.host = host;
        this.payloads = payloads;
        this.fields = fields == null ? Set.of() : Set.of(fields.strip().split("\\s*,\\s*"));
    }

    /** The body as the command's data, with the fields that the command is to have. */
    @Nullable
    JsonNode data(Object body) {
        JsonNode data = payloads.toJson(body);
        if (data instanceof ObjectNode object && !fields.isEmpty()) {
            object.retain(fields);
        }
        return data;
    }

    /** The message with which the route goes on. */
    void goOnWith(Exchange exchange, JsonNode result) {
        exchange.getMessage().setBody(payloads.fromJson(result));
    }

    /** @return the result of the step, or why there is none */
    abstract CompletableFuture<JsonNode> run(Exchange exchange);

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        RouteThreads threads = SagaContext.of(exchange).phase() == Phase.ACTION
                ? host.threads().routes()
                : host.threads().callbacks();
        boolean held = exchange.isTransacted();
        RouteWait.of(exchange, Failures.called(() -> run(exchange)), threads).whenComplete((result, failure) -> {
            if (failure == null && SagaContext.of(exchange).isLeft()) {
                LOGGER.debug("Command {} is not sent: the saga waits for a person", command);
            } else if (failure == null) {
                goOnWith(exchange, result);
            } else if (Failures.cause(failure) instanceof Passivation.PassivatedException) {
                Passivation.end(exchange);
            } else {
                exchange.setException(Failures.cause(failure));
            }
            callback.done(held);
        });
        return held;
    }

    final String name() {
        return service == null ? "saga-await:" + command : "saga-command:%s/%s".formatted(service, command);
    }

    /** Of a producer that has a service. */
    final SagaCommand message(SagaId sagaId, Step step, @Nullable JsonNode data, Phase phase) {
        return new SagaCommand(sagaId, step, Objects.requireNonNull(service), command, data, phase);
    }

    static Exception exception(SagaReply reply) {
        if (reply.isAtWork()) {
            return new CallbackWaitsException(reply.error());
        }
        return reply.isRejection()
                ? rejection(reply.code(), reply.error())
                : new StepOutcomeUnknownException(reply.sagaId(), reply.step(), reply.error());
    }

    static StepRejectedException rejection(@Nullable String code, @Nullable String error) {
        return new StepRejectedException(code == null ? "REJECTED" : code, error);
    }
}
