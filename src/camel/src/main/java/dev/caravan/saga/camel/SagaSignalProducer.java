package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaAnswers.Answer;
import dev.caravan.saga.engine.SagaAnswers.By;
import dev.caravan.saga.message.MessageCodec;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultAsyncProducer;

/** Tells a saga something. What is not in the log fails the exchange, so that its message comes again. */
final class SagaSignalProducer extends DefaultAsyncProducer {

    private static final Payloads PAYLOADS = new Payloads(new MessageCodec().json());

    private final SagaSignalEndpoint endpoint;
    private final SagaAnswers answers;
    private final SagaKeys keys;

    SagaSignalProducer(SagaSignalEndpoint endpoint, SagaAnswers answers, SagaKeys keys) {
        super(endpoint);
        this.endpoint = endpoint;
        this.answers = answers;
        this.keys = keys;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Failures.called(() -> saga(exchange.getIn()).thenCompose(saga -> tell(saga, exchange)))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        exchange.setException(Failures.cause(failure));
                    }
                    callback.done(false);
                });
        return false;
    }

    private CompletableFuture<SagaId> saga(Message message) {
        String id = message.getHeader(SagaConstants.SAGA_ID, String.class);
        String key = message.getHeader(SagaConstants.SAGA_KEY, String.class);
        if (id != null) {
            return CompletableFuture.completedFuture(new SagaId(id));
        } else if (key == null) {
            throw new IllegalArgumentException("saga-signal:%s does not know which saga: set the header %s or %s"
                    .formatted(endpoint.getName(), SagaConstants.SAGA_ID, SagaConstants.SAGA_KEY));
        }
        return keys.find(key)
                .thenApply(found -> found.orElseThrow(() -> new IllegalStateException(
                        "saga-signal:%s: there is no saga with the key %s yet, or it is forgotten"
                                .formatted(endpoint.getName(), key))));
    }

    private CompletableFuture<Void> tell(SagaId saga, Exchange exchange) {
        Answer answer = endpoint.getCode() == null
                ? Answer.yes(PAYLOADS.toJson(exchange.getIn().getBody()))
                : Answer.no(endpoint.getCode(), exchange.getIn().getBody(String.class));
        return answers.signal(saga, endpoint.getName(), id(exchange.getIn()), answer, By.NOBODY);
    }

    private static String id(Message message) {
        String own = message.getHeader(SagaConstants.SIGNAL_ID, String.class);
        if (own != null) {
            return own;
        }
        Object topic = message.getHeader("kafka.TOPIC");
        return topic == null
                ? message.getMessageId()
                : "%s-%s-%s".formatted(topic, message.getHeader("kafka.PARTITION"), message.getHeader("kafka.OFFSET"));
    }
}
