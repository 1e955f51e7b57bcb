package dev.caravan.saga.test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Participants in a {@link World}, each with an inbox: a duplicate gets the recorded reply, a compensation that comes
 * first bars the action. Commands and replies of one saga keep their order within a topic, unless they come again.
 */
public final class SimulatedParticipants {

    /** How an action goes. */
    public enum Action {
        SUCCEEDS,
        IS_REJECTED,
        /** Technical trouble after it took effect. */
        IS_UNKNOWN_AND_DONE,
        /** Technical trouble, and it took no effect. */
        IS_UNKNOWN_AND_NOT_DONE,
        /** It takes effect, and the reply is lost. */
        IS_SILENT,
        /** It takes effect, and the reply comes after the step's time-out. */
        IS_LATE,
        /** It is at work until after the step's time-out, and takes effect then; its compensation has to wait. */
        IS_SLOW
    }

    /** Something that took effect. */
    public record Deed(
            SagaId sagaId,
            Step step,
            String command,
            @Nullable JsonNode data) {
        @Override
        public String toString() {
            return "%s %s".formatted(command, step);
        }
    }

    private record Place(SagaId sagaId, Step step) {}

    private static final class Row {
        private boolean done;
        private boolean undone;
        private boolean over;
        private boolean atWork;
        private final Map<String, SagaReply> replies = new HashMap<>();
    }

    private static final MessageCodec CODEC = new MessageCodec();
    private static final Duration LATE = Duration.ofSeconds(45);
    private static final Duration SLOW = Duration.ofMinutes(3);

    private final World world;
    private final Map<Place, Row> inbox = new HashMap<>();
    private final Map<String, World.Lane> lanes = new HashMap<>();
    private final List<SagaCommand> received = new ArrayList<>();
    private final List<Deed> deeds = new ArrayList<>();
    private final Map<Place, Integer> endingsTried = new HashMap<>();
    private Function<SagaCommand, Action> actions = command -> Action.SUCCEEDS;
    private Function<SagaCommand, JsonNode> results = command ->
            JsonNodeFactory.instance.objectNode().put("id", command.step().toString());
    private Function<SagaCommand, Integer> failuresOfEndings = command -> 0;
    private Consumer<SagaReply> receiver = reply -> {};
    private Consumer<Deed> witness = deed -> {};
    private int duplicates;

    public SimulatedParticipants(World world) {
        this.world = world;
    }

    /** How actions go. */
    public SimulatedParticipants actions(Function<SagaCommand, Action> script) {
        actions = script;
        return this;
    }

    /** What actions that succeed are answered with; by default {@code {id: <step>}}. */
    public SimulatedParticipants results(Function<SagaCommand, JsonNode> script) {
        results = script;
        return this;
    }

    /** How often a compensation or completion fails before it is done. */
    public SimulatedParticipants endingsFail(Function<SagaCommand, Integer> script) {
        failuresOfEndings = script;
        return this;
    }

    /** How many messages in a hundred come again later. */
    public SimulatedParticipants duplicate(int percent) {
        duplicates = percent;
        return this;
    }

    /** Who is told at once of what takes effect. */
    public SimulatedParticipants witnessedBy(Consumer<Deed> who) {
        witness = who;
        return this;
    }

    /** Where replies go. */
    public void replyTo(Consumer<SagaReply> host) {
        receiver = host;
    }

    /** What the log of a saga says was done or undone, and what it leaves in doubt, counts as done or undone. */
    void remember(SagaState saga) {
        for (StepState step : saga.steps()) {
            Row row = inbox.computeIfAbsent(new Place(saga.sagaId(), step.step()), unknown -> new Row());
            boolean notBegun =
                    step.status() == StepStatus.ENLISTED && step.results().isEmpty();
            row.done = step.status() != StepStatus.REJECTED && !notBegun;
            row.undone = step.status() == StepStatus.COMPENSATED;
        }
    }

    /** What an instance sends commands with. */
    public CommandSender of(Instance instance) {
        return (command, headers) -> {
            byte[] value = CODEC.encode(command);
            if (value.length > SimulatedLog.LARGEST_RECORD) {
                return CompletableFuture.failedFuture(new IllegalArgumentException(
                        "Saga %s, step %s: %s takes %d bytes, more than Kafka accepts. Pass a reference to what is large"
                                .formatted(command.sagaId(), command.step(), command.command(), value.length)));
            }
            CompletableFuture<Void> sent = new CompletableFuture<>();
            String topic = command.phase() == Phase.COMPENSATION ? "compensation-commands" : command.service();
            instance.act(() -> {
                onItsWay(topic + " " + command.sagaId(), () -> receive(CODEC.decodeCommand(value, command.phase())));
                instance.execute(() -> sent.complete(null));
            });
            return sent;
        };
    }

    private void onItsWay(String lane, Runnable arrival) {
        lanes.computeIfAbsent(lane, unknown -> world.lane()).add(() -> {
            if (world.chance(duplicates)) {
                lanes.get(lane).add(arrival);
            }
            arrival.run();
        });
    }

    private void receive(SagaCommand command) {
        received.add(command);
        Row row = inbox.computeIfAbsent(new Place(command.sagaId(), command.step()), unknown -> new Row());
        SagaReply known = row.replies.get(command.command());
        if (known != null) {
            reply(known);
        } else if (command.phase() == Phase.ACTION) {
            act(command, row);
        } else {
            end(command, row);
        }
    }

    private void act(SagaCommand command, Row row) {
        if (row.over) {
            record(row, SagaReply.rejected(command, "ALREADY_COMPENSATED", "Its compensation came first"));
            return;
        }
        SagaReply success = SagaReply.success(command, results.apply(command));
        switch (actions.apply(command)) {
            case SUCCEEDS -> {
                take(command, row);
                record(row, success);
            }
            case IS_REJECTED -> record(row, SagaReply.rejected(command, "NO", command.command() + " is refused"));
            case IS_UNKNOWN_AND_DONE -> {
                take(command, row);
                record(row, SagaReply.unknown(command, "connection reset"));
            }
            case IS_UNKNOWN_AND_NOT_DONE -> reply(SagaReply.unknown(command, "connection refused"));
            case IS_SILENT -> {
                take(command, row);
                row.replies.put(command.command(), success);
            }
            case IS_LATE -> {
                take(command, row);
                row.replies.put(command.command(), success);
                world.later(LATE, () -> reply(success));
            }
            case IS_SLOW -> {
                if (!row.atWork) {
                    row.atWork = true;
                    world.later(SLOW, () -> {
                        row.atWork = false;
                        take(command, row);
                        record(row, success);
                    });
                }
            }
        }
    }

    private void take(SagaCommand command, Row row) {
        row.done = true;
        takesEffect(command);
    }

    private void takesEffect(SagaCommand command) {
        Deed deed = new Deed(command.sagaId(), command.step(), command.command(), command.data());
        deeds.add(deed);
        witness.accept(deed);
    }

    private void end(SagaCommand command, Row row) {
        if (row.atWork) {
            reply(
                    command.phase() == Phase.COMPENSATION
                            ? SagaReply.atWork(command, "Step %s is still at work".formatted(command.step()))
                            : SagaReply.unknown(command, "Step %s is still at work".formatted(command.step())));
            return;
        }
        int tried = endingsTried.merge(new Place(command.sagaId(), command.step()), 1, Integer::sum);
        if (tried <= failuresOfEndings.apply(command)) {
            reply(SagaReply.unknown(command, "database away"));
            return;
        }
        if (command.phase() == Phase.COMPLETION && (!row.done || row.undone)) {
            reply(SagaReply.rejected(command, Inbox.NOT_DONE, command.step() + " was not done"));
            return;
        }
        if (command.phase() == Phase.COMPENSATION) {
            row.over = true;
            row.undone = true;
        }
        if (row.done) {
            takesEffect(command);
        }
        record(row, SagaReply.success(command, null));
    }

    private void record(Row row, SagaReply reply) {
        row.replies.put(reply.command(), reply);
        reply(reply);
    }

    private void reply(SagaReply reply) {
        onItsWay("saga-replies " + reply.sagaId(), () -> receiver.accept(reply));
    }

    /** Every command that arrived, duplicates included. */
    public List<SagaCommand> received() {
        return received;
    }

    /** The steps that took effect and were not undone. */
    public Set<Step> inEffect(SagaId sagaId) {
        return inbox.entrySet().stream()
                .filter(row -> row.getKey().sagaId().equals(sagaId))
                .filter(row -> row.getValue().done && !row.getValue().undone)
                .map(row -> row.getKey().step())
                .collect(Collectors.toSet());
    }

    /** What took effect, in this order. */
    public List<Deed> deeds() {
        return deeds;
    }

    public List<Deed> deeds(SagaId sagaId) {
        return deeds.stream().filter(deed -> deed.sagaId().equals(sagaId)).toList();
    }
}
