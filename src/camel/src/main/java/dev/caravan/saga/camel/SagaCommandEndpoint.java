package dev.caravan.saga.camel;

import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.Participants;
import dev.caravan.saga.participant.PassThroughInbox;
import dev.caravan.saga.participant.Rejections;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Commands to the participants of a saga and their replies, over Kafka.
 *
 * <p>As a producer within a saga: sends the body as the command's data, waits for the reply without holding a thread,
 * has the result in the saga log before the route goes on, and makes it the body. A rejection, an unknown outcome or a
 * time-out is an exception. After a crash, a command whose result is in the log is answered from it and not sent.
 *
 * <p>As a consumer: gets the command's data as the body and answers with the body that the route ends with; a
 * {@code StepRejectedException}, or what {@link Rejections} make one of, is answered FAILED. Technical trouble is tried
 * again, then answered FAILED with outcome UNKNOWN.
 */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "saga-command",
        title = "Saga Command",
        syntax = "saga-command:service/command",
        category = {Category.MESSAGING, Category.WORKFLOW})
public class SagaCommandEndpoint extends DefaultEndpoint {

    private static final String NO_INBOX =
            "saga-command:%s/%s has no inbox, by which a command has its effect once. Give"
                    + " the application a database: with spring-boot-starter-jdbc and spring.datasource.url, its inbox is made of"
                    + " it, and where there are several, caravan.participants.%s.data-source says which. Or name a bean"
                    + " %s.inbox; or add idempotent=true, if the route may be run twice, and its undo before it";
    private static final Payloads PAYLOADS = new Payloads(new MessageCodec().json());
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    @UriPath(description = "The participant")
    @Metadata(required = true)
    private final String service;

    @UriPath(description = "What it is asked to do")
    @Metadata(required = true)
    private final String command;

    @UriParam(label = "producer", defaultValue = "30s", description = "How long to wait for the reply")
    private String timeout = "30s";

    @UriParam(
            description =
                    "How often to try in all. As a producer, to send the command while its outcome is unknown for a"
                            + " technical reason: 1 by default. As a consumer, to handle a command that fails for a"
                            + " technical reason: 3 by default; 0 means for ever")
    private @Nullable Integer attempts;

    @UriParam(defaultValue = "500ms", description = "Delay before the second attempt, doubled after each, up to 30 s")
    private String retryDelay = "500ms";

    @UriParam(
            label = "producer",
            description = "The fields of the body that are sent, with commas between them: what the step needs, and"
                    + " nothing else of the message. By default all of them")
    private @Nullable String fields;

    @UriParam(
            label = "producer",
            description = "Hands the command to the participant in this process, without Kafka: for routes that events"
                    + " start. The other options of a producer, but for fields, do not apply")
    private boolean local;

    @UriParam(
            label = "consumer",
            defaultValue = "LOCAL",
            description = "Where the effects are: LOCAL (in the database of the inbox) or EXTERNAL (also elsewhere)")
    private Inbox.Effect effect = Inbox.Effect.LOCAL;

    @UriParam(
            label = "consumer",
            description = "The inbox; by default the bean named <service>.inbox, or the one bean of that type")
    private @Nullable Inbox inbox;

    @UriParam(
            label = "consumer",
            description = "Whether action, compensation and completion are idempotent by themselves, in any order: they"
                    + " need no inbox then, and run each time they are asked for")
    private boolean idempotent;

    @UriParam(
            label = "consumer",
            description = "The exceptions that are a business no; by default the bean named <service>.rejections")
    private @Nullable Rejections rejections;

    public SagaCommandEndpoint(String uri, SagaCommandComponent component, String service, String command) {
        super(uri, component);
        this.service = service;
        this.command = command;
        setExchangePattern(ExchangePattern.InOut);
    }

    @Override
    public Producer createProducer() {
        SagaCommandComponent component = (SagaCommandComponent) getComponent();
        if (local) {
            SagaHost host = component.required(SagaHost.class);
            return new LocalCommandProducer(
                    this, component.required(Participants.class), host, host.requests(), PAYLOADS);
        }
        return new SagaCommandProducer(
                this, component.required(SagaHost.class), PAYLOADS, duration("timeout", timeout), backoff(1));
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        SagaCommandComponent component = (SagaCommandComponent) getComponent();
        SagaCommandConsumer consumer = new SagaCommandConsumer(
                this,
                processor,
                component.required(Participants.class),
                inbox(),
                rejections == null ? findRejections() : rejections,
                backoff(CommandHandler.THREE_ATTEMPTS.attempts()),
                PAYLOADS);
        configureConsumer(consumer);
        return consumer;
    }

    /** @throws IllegalArgumentException a time that nobody can have meant; said when the route starts */
    @Override
    protected void doInit() throws Exception {
        super.doInit();
        if (duration("timeout", timeout).isZero()) {
            throw Durations.refused(this, "timeout", timeout);
        }
        duration("retryDelay", retryDelay);
    }

    private Duration duration(String option, String text) {
        return Durations.of(this, option, text);
    }

    private Backoff backoff(int attemptsByDefault) {
        return new Backoff(
                duration("retryDelay", retryDelay), LONGEST_DELAY, attempts == null ? attemptsByDefault : attempts);
    }

    private Inbox inbox() {
        if (!idempotent) {
            return inbox == null ? findInbox() : inbox;
        }
        if (inbox != null) {
            throw new IllegalArgumentException(
                    "%s has an inbox and is called idempotent: remove one of the two".formatted(getEndpointUri()));
        }
        return new PassThroughInbox();
    }

    private Rejections findRejections() {
        Rejections own = getCamelContext().getRegistry().lookupByNameAndType(service + ".rejections", Rejections.class);
        return own == null ? Rejections.none() : own;
    }

    private Inbox findInbox() {
        Inbox own = getCamelContext().getRegistry().lookupByNameAndType(service + ".inbox", Inbox.class);
        if (own != null) {
            return own;
        }
        Inbox only = getCamelContext().getRegistry().findSingleByType(Inbox.class);
        if (only == null) {
            throw new IllegalStateException(NO_INBOX.formatted(service, command, service, service));
        }
        return only;
    }

    @Override
    public boolean isSingletonProducer() {
        return true;
    }

    public String getService() {
        return service;
    }

    public String getCommand() {
        return command;
    }

    public String getTimeout() {
        return timeout;
    }

    public void setTimeout(String timeout) {
        this.timeout = timeout;
    }

    public @Nullable Integer getAttempts() {
        return attempts;
    }

    public void setAttempts(Integer attempts) {
        this.attempts = attempts;
    }

    public String getRetryDelay() {
        return retryDelay;
    }

    public void setRetryDelay(String retryDelay) {
        this.retryDelay = retryDelay;
    }

    public @Nullable String getFields() {
        return fields;
    }

    public void setFields(String fields) {
        this.fields = fields;
    }

    public boolean isLocal() {
        return local;
    }

    public void setLocal(boolean local) {
        this.local = local;
    }

    public Inbox.Effect getEffect() {
        return effect;
    }

    public void setEffect(Inbox.Effect effect) {
        this.effect = effect;
    }

    public @Nullable Inbox getInbox() {
        return inbox;
    }

    public void setInbox(Inbox inbox) {
        this.inbox = inbox;
    }

    public boolean isIdempotent() {
        return idempotent;
    }

    public void setIdempotent(boolean idempotent) {
        this.idempotent = idempotent;
    }

    public @Nullable Rejections getRejections() {
        return rejections;
    }

    public void setRejections(Rejections rejections) {
        this.rejections = rejections;
    }
}
