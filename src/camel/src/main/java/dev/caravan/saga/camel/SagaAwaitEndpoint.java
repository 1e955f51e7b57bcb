package dev.caravan.saga.camel;

import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.MessageCodec;
import java.time.Duration;
import java.util.Optional;
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
 * A step of a saga that waits for a person or an event, for minutes or for weeks. It is answered over HTTP, by a signal of its
 * name ({@code saga-signal:}), or by a reply. The answer is in the saga log before the route goes on, and its body is the
 * message then; one without a body leaves the message as it is. A no is a {@code StepRejectedException}, no answer in time a
 * {@link StepTimedOutException}: nothing took effect, in either case.
 *
 * <p>It holds no thread; and where nothing of the route follows behind the saga, no exchange either: that ends, and the route
 * is run again from the log when there is an answer.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "saga-await",
        title = "Saga Await",
        syntax = "saga-await:what",
        producerOnly = true,
        category = {Category.MESSAGING, Category.WORKFLOW})
public class SagaAwaitEndpoint extends DefaultEndpoint {

    private static final Payloads PAYLOADS = new Payloads(new MessageCodec().json());

    @UriPath(description = "What is waited for; the step is called after it, outside of a block that is one")
    @Metadata(required = true)
    private final String what;

    @UriParam(description = "How long to wait for an answer, such as 48h; it has to be said")
    @Metadata(required = true)
    private @Nullable String timeout;

    @UriParam(
            description = "How long before that an event STEP_REMINDER is told on saga-events, once; by default, never")
    private @Nullable String reminder;

    public SagaAwaitEndpoint(String uri, SagaAwaitComponent component, String what) {
        super(uri, component);
        this.what = what;
    }

    @Override
    public Producer createProducer() {
        SagaHost host = ((SagaAwaitComponent) getComponent()).required(SagaHost.class);
        return new SagaAwaitProducer(
                this, what, host, PAYLOADS, new AwaitedReply(host, null, what, timeout(), reminder(timeout())));
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(
                "saga-await:%s is sent to, in a <saga>; nothing can be received from it".formatted(what));
    }

    /** @throws IllegalArgumentException a time that nobody can have meant; said when the route starts */
    @Override
    protected void doInit() throws Exception {
        super.doInit();
        reminder(timeout());
    }

    private Duration timeout() {
        if (timeout == null || timeout.isBlank()) {
            throw new IllegalArgumentException(
                    "saga-await:%s needs a time: saga-await:%s?timeout=48h".formatted(what, what));
        }
        Duration limit = Durations.of(this, "timeout", timeout);
        if (limit.isZero()) {
            throw Durations.refused(this, "timeout", timeout);
        }
        return limit;
    }

    private Optional<Duration> reminder(Duration limit) {
        Optional<Duration> before = Optional.ofNullable(reminder).map(text -> Durations.of(this, "reminder", text));
        if (before.filter(time -> time.compareTo(limit) >= 0).isPresent()) {
            throw new IllegalArgumentException(
                    "reminder=%s of saga-await:%s is not before the end of its timeout=%s has begun: make it shorter"
                            .formatted(reminder, what, timeout));
        }
        return before;
    }

    @Override
    public boolean isSingletonProducer() {
        return true;
    }

    public String getWhat() {
        return what;
    }

    public @Nullable String getTimeout() {
        return timeout;
    }

    public void setTimeout(String timeout) {
        this.timeout = timeout;
    }

    public @Nullable String getReminder() {
        return reminder;
    }

    public void setReminder(String reminder) {
        this.reminder = reminder;
    }
}
