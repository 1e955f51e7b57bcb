package dev.caravan.saga.metrics;

import dev.caravan.saga.camel.SagaEventListener;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.participant.ParticipantEvent;
import dev.caravan.saga.participant.ParticipantListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Messages that changed nothing or could not be worked on, and those that wait. Thread-safe. */
public final class MessageMetrics implements ParticipantListener, SagaEventListener {

    /** Of the names of all of Caravan's meters. */
    public static final String PREFIX = "caravan.";

    private final MeterRegistry meters;

    public MessageMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public void onEvent(ParticipantEvent event) {
        switch (event.kind()) {
            case DUPLICATE -> duplicate(Kind.COMMAND);
            case LATE -> late(Kind.COMMAND);
            default -> {
                // rejections and retries are in the sagas' own numbers, dead letters are counted by topic
            }
        }
    }

    @Override
    public void onIgnored(String topic) {
        count(PREFIX + "events.ignored", "Events of other types or versions, which changed nothing", "topic", topic);
    }

    @Override
    public void onLate(String topic) {
        late(Kind.EVENT);
    }

    /** A message came when nobody waited for it any more. */
    void late(Kind kind) {
        count(PREFIX + "messages.late", "Messages that came when nobody waited for them any more", "kind", kind.tag);
    }

    /** A message came again. */
    void duplicate(Kind kind) {
        count(PREFIX + "messages.duplicate", "Messages that came again and changed nothing", "kind", kind.tag);
    }

    /** Counts those that are sent from now on. */
    public void countDeadLetters(KafkaClients clients) {
        clients.onSent(message -> {
            if (Topics.isForDeadLetters(message.topic())) {
                deadLetter(message.topic());
            }
        });
    }

    /** @param topic that of the dead letters */
    public void deadLetter(String topic) {
        count(PREFIX + "dead.letters", "Records that could not be read or done and were kept", "topic", topic);
    }

    private void count(String name, String description, String tag, String value) {
        Counter.builder(name)
                .description(description)
                .tag(tag, value)
                .register(meters)
                .increment();
    }

    /** @param lag records of this instance's partitions that it has not read */
    public void showLogLag(Supplier<Number> lag) {
        Gauge.builder(PREFIX + "log.lag", lag)
                .description("Records of this instance's partitions that it has not read")
                .register(meters);
    }

    /** @param unreadable records of the saga log in this instance's partitions that are no entries */
    public <T> void showUnreadable(T reader, ToDoubleFunction<T> unreadable) {
        FunctionCounter.builder(PREFIX + "log.unreadable", reader, unreadable)
                .description("Records of the saga log that could not be read and were skipped")
                .register(meters);
    }

    /**
     * @param part of the instance
     * @param fenced how often Kafka fenced it since it was started
     */
    public <T> void showFenced(String part, T source, ToDoubleFunction<T> fenced) {
        FunctionCounter.builder(PREFIX + "fenced", source, fenced)
                .description("Consumers that Kafka fenced, because another one has their instance id")
                .tag("part", part)
                .register(meters);
    }

    /** What the message is. */
    enum Kind {
        COMMAND("command"),
        EVENT("event"),
        REPLY("reply");

        private final String tag;

        Kind(String tag) {
            this.tag = tag;
        }
    }
}
