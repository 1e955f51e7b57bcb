package dev.caravan.saga.test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** Participants in memory: they answer at once as they were told to, or are silent. */
public final class FakeParticipants implements CommandSender {

    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final Map<String, Function<SagaCommand, SagaReply>> answers = new ConcurrentHashMap<>();
    private final Map<String, RuntimeException> unreachable = new ConcurrentHashMap<>();
    private volatile Consumer<SagaReply> receiver = reply -> {};

    /** A command on its way. */
    public record Sent(SagaCommand command, Map<String, String> headers) {}

    /** Replies go there, on the thread that sends the command. */
    public void replyTo(Consumer<SagaReply> host) {
        receiver = host;
    }

    public FakeParticipants answer(String command, Function<SagaCommand, SagaReply> answer) {
        answers.put(command, answer);
        return this;
    }

    public FakeParticipants succeed(String command, String resultAsJson) {
        return answer(command, received -> SagaReply.success(received, json(resultAsJson)));
    }

    public FakeParticipants reject(String command, String code, String error) {
        return answer(command, received -> SagaReply.rejected(received, code, error));
    }

    public FakeParticipants leaveUnknown(String command, String error) {
        return answer(command, received -> SagaReply.unknown(received, error));
    }

    public FakeParticipants silence(String command) {
        answers.remove(command);
        return this;
    }

    public FakeParticipants cannotBeSent(String command, RuntimeException failure) {
        unreachable.put(command, failure);
        return this;
    }

    @Override
    public CompletionStage<Void> send(SagaCommand command, Map<String, String> headers) {
        RuntimeException failure = unreachable.get(command.command());
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        sent.add(new Sent(command, headers));
        Function<SagaCommand, SagaReply> answer = answers.get(command.command());
        if (answer != null) {
            receiver.accept(answer.apply(command));
        }
        return CompletableFuture.completedFuture(null);
    }

    public List<Sent> sent() {
        return sent;
    }

    /** The names of the commands in the order in which they were sent. */
    public List<String> commands() {
        return sent.stream().map(one -> one.command().command()).toList();
    }

    public SagaCommand last(String command) {
        return sent.stream()
                .map(Sent::command)
                .filter(one -> one.command().equals(command))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    public static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
