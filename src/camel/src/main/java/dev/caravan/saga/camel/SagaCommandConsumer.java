package dev.caravan.saga.camel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.BatchInbox;
import dev.caravan.saga.participant.Batchable;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.Participants;
import dev.caravan.saga.participant.Rejections;
import dev.caravan.saga.time.Backoff;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/** One command of a participant: its route runs once in effect, behind the inbox. */
class SagaCommandConsumer extends DefaultConsumer implements CommandHandler {

    private final Participants participants;
    private final Inbox inbox;
    private final Rejections rejections;
    private final Backoff backoff;
    private final Payloads payloads;
    private final String service;
    private final String command;
    private final Inbox.Effect effect;

    SagaCommandConsumer(
            SagaCommandEndpoint endpoint,
            Processor processor,
            Participants participants,
            Inbox inbox,
            Rejections rejections,
            Backoff backoff,
            Payloads payloads) {
        super(endpoint, processor);
        this.participants = participants;
        this.inbox = inbox;
        this.rejections = rejections;
        this.backoff = backoff;
        this.payloads = payloads;
        this.service = endpoint.getService();
        this.command = endpoint.getCommand();
        this.effect = endpoint.getEffect();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        participants.add(service, command, this);
    }

    @Override
    protected void doStop() throws Exception {
        participants.remove(service, command);
        super.doStop();
    }

    @Override
    public SagaReply handle(SagaCommand message) throws Exception {
        return inbox.handle(message, effect, rejections.applyTo(() -> route(message)));
    }

    @Override
    public Backoff backoff() {
        return backoff;
    }

    @Override
    public Optional<Inbox> inbox() {
        return Optional.of(inbox);
    }

    /** Actions with effects in the database of an inbox that has batches. */
    @Override
    public Optional<Batchable> batchable(SagaCommand message) {
        return message.phase() == Phase.ACTION && effect == Inbox.Effect.LOCAL && inbox instanceof BatchInbox batches
                ? Optional.of(new Batchable(batches, action -> SagaReply.success(action, route(action))))
                : Optional.empty();
    }

    private @Nullable JsonNode route(SagaCommand message) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(payloads.fromJson(message.data()));
            exchange.getIn().setHeader(SagaConstants.SAGA_ID, message.sagaId().value());
            exchange.getIn().setHeader(SagaConstants.STEP, message.step().toString());
            exchange.getIn().setHeader(SagaConstants.IDEMPOTENCY_KEY, message.sagaId() + "/" + message.step());
            exchange.getIn()
                    .setHeader(
                            SagaConstants.COMMAND_KEY,
                            message.sagaId() + "/" + message.step() + "/" + message.command());
            exchange.getIn().setHeader(SagaConstants.COMMAND, message.command());
            exchange.getIn().setHeader(SagaConstants.PHASE, message.phase().name());
            getProcessor().process(exchange);
            Optional<Exception> met = Failures.met(exchange);
            if (met.isPresent()) {
                throw met.get();
            }
            return payloads.toJson(exchange.getMessage().getBody());
        } finally {
            releaseExchange(exchange, false);
        }
    }
}
