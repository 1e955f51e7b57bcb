package dev.caravan.benchmark;

import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.RecordLoop;
import dev.caravan.saga.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What Kafka alone costs: the records of a saga, as many and about as large, with the waits that make it durable, and
 * nothing else. An entry of the log is acknowledged before what it says is done; a command is answered by a participant
 * that does nothing but count; a third consumer reads the log.
 */
final class FloorRow implements Row {

    private static final int PARTITIONS = 4;
    private static final int RECORD_BYTES = 300;

    /** Topics of its own: a broker that runs may have Caravan's, too. */
    private static final String LOGS = "floor-logs";

    private static final String REPLIES = "floor-replies";
    private static final String EVENTS = "floor-events";
    private static final String COMPENSATIONS = "floor-compensations";

    private final KafkaClients clients;
    private final Effects effects = new Effects();
    private final Map<String, Flow> flows = new ConcurrentHashMap<>();
    private final List<RecordLoop> loops = new ArrayList<>();

    FloorRow(Broker broker) {
        clients = KafkaClients.of(broker.servers());
        List<String> commands = Stream.concat(
                        Arrays.stream(OrderStep.values()).map(FloorRow::topic), Stream.of(COMPENSATIONS))
                .toList();
        Topics topics = new Topics(clients, PARTITIONS, Duration.ofSeconds(20));
        topics.ensure(commands, Map.of());
        topics.ensure(List.of(LOGS, REPLIES, EVENTS), Map.of());
        read("participants", commands, this::answer);
        read("replies", List.of(REPLIES), message -> flows.get(message.key())
                .replied(message.value()[0] == Message.REJECTED));
        read("log", List.of(LOGS), message -> {});
    }

    private static String topic(OrderStep step) {
        return "floor-" + step.service();
    }

    private void read(String name, List<String> topics, Consumer<ConsumerRecord<String, byte[]>> reader) {
        loops.add(Tail.read(clients, name, topics, PARTITIONS, reader));
    }

    /** The first byte says what it is, the second which step it is about. */
    private static final class Message {

        static final byte DO = 0;
        static final byte REFUSE = 1;
        static final byte UNDO = 2;
        static final byte DONE = 3;
        static final byte REJECTED = 4;

        private Message() {}

        static byte[] of(byte kind, int step) {
            byte[] value = "x".repeat(RECORD_BYTES).getBytes(StandardCharsets.US_ASCII);
            value[0] = kind;
            value[1] = (byte) step;
            return value;
        }
    }

    private void answer(ConsumerRecord<String, byte[]> command) {
        byte kind = command.value()[0];
        OrderStep step = OrderStep.values()[command.value()[1]];
        if (kind == Message.DO) {
            effects.did(step, command.key());
        } else if (kind == Message.UNDO) {
            effects.undid(step, command.key());
        }
        send(REPLIES, command.key(), kind == Message.REFUSE ? Message.REJECTED : Message.DONE, step);
    }

    private CompletableFuture<Void> send(String topic, String key, byte kind, OrderStep step) {
        return clients.send(new ProducerRecord<>(topic, key, Message.of(kind, step.ordinal())));
    }

    @Override
    public CompletableFuture<Boolean> run(String id, boolean rejected) {
        Flow flow = new Flow(id, rejected);
        flows.put(id, flow);
        flow.start();
        return flow.ended;
    }

    /** One saga: what it waits for is a reply, or the acknowledgement of an append. */
    private final class Flow {

        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        private final String id;
        private final boolean rejected;
        private OrderStep step = OrderStep.CREATE_ORDER;
        private boolean undoing;

        Flow(String id, boolean rejected) {
            this.id = id;
            this.rejected = rejected;
        }

        void start() {
            append(this::begin);
        }

        private void begin() {
            append(() -> command(topic(step), rejected && step.isLast() ? Message.REFUSE : Message.DO));
        }

        void replied(boolean refused) {
            if (refused) {
                append(() -> append(() -> undo(OrderStep.RESERVE_INVENTORY)));
            } else if (undoing) {
                append(() -> {
                    if (step == OrderStep.CREATE_ORDER) {
                        append(() -> end(false));
                    } else {
                        undo(before(step));
                    }
                });
            } else if (step.isLast()) {
                append(() -> append(() -> end(true)));
            } else {
                append(() -> {
                    step = OrderStep.values()[step.ordinal() + 1];
                    begin();
                });
            }
        }

        private static OrderStep before(OrderStep step) {
            return OrderStep.values()[step.ordinal() - 1];
        }

        private void undo(OrderStep which) {
            undoing = true;
            step = which;
            command(COMPENSATIONS, Message.UNDO);
        }

        private void append(Runnable next) {
            orFail(send(LOGS, id, Message.DONE, step).thenRun(next));
        }

        private void command(String topic, byte kind) {
            orFail(send(topic, id, kind, step));
        }

        private void end(boolean completed) {
            flows.remove(id);
            orFail(send(EVENTS, id, Message.DONE, step));
            ended.complete(completed);
        }

        private void orFail(CompletableFuture<Void> sent) {
            sent.exceptionally(failure -> {
                ended.completeExceptionally(failure);
                return null;
            });
        }
    }

    @Override
    public ParticipantEffects effects() {
        return effects;
    }

    @Override
    public void close() {
        loops.forEach(RecordLoop::close);
        clients.close();
    }
}
