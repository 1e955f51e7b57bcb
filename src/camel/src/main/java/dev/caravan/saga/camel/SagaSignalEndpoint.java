package dev.caravan.saga.camel;

import dev.caravan.saga.engine.SagaAnswers;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Tells a saga what one of its steps waits for ({@code saga-await:} of the same name), or will: for a route of any consumer,
 * such as {@code kafka:}. Which saga is said by the header {@code CaravanSagaId} or {@code CaravanSagaKey}, and the body is
 * the answer. The route goes on when the log has it. A message that comes again is told once: by {@code CaravanSignalId}, the
 * place of its record in Kafka, or else the id of the message.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "saga-signal",
        title = "Saga Signal",
        syntax = "saga-signal:name",
        producerOnly = true,
        category = {Category.MESSAGING, Category.WORKFLOW})
public class SagaSignalEndpoint extends DefaultEndpoint {

    @UriPath(description = "What is told; the first step of the saga that awaits it takes it")
    @Metadata(required = true)
    private final String name;

    @UriParam(description = "Makes it a no: the code of the StepRejectedException that the waiting route gets")
    private @Nullable String code;

    public SagaSignalEndpoint(String uri, SagaSignalComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    @Override
    public Producer createProducer() {
        return new SagaSignalProducer(this, required(SagaAnswers.class), required(SagaKeys.class));
    }

    private <T> T required(Class<T> type) {
        return ((SagaSignalComponent) getComponent()).required("saga-signal:" + name, type);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(
                "saga-signal:%s is sent to; a step receives it by saga-await:%s".formatted(name, name));
    }

    @Override
    public boolean isSingletonProducer() {
        return true;
    }

    public String getName() {
        return name;
    }

    public @Nullable String getCode() {
        return code;
    }

    public void setCode(String code) {
        this.code = code;
    }
}
