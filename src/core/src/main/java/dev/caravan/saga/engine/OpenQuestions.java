package dev.caravan.saga.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.StepAsked;
import dev.caravan.saga.state.StepTold;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What participants are asked of the sagas of this instance's partitions, and what they answer to that. Only an answer to
 * what is asked now is written down, and one of each service, so that nobody makes a log grow by answering. Thread-safe.
 */
final class OpenQuestions {

    private static final Logger LOGGER = SagaLogger.of(OpenQuestions.class);

    /** Longer than anybody waits. */
    private static final Duration OPEN = Duration.ofMinutes(2);

    private static final Pattern WORD = Pattern.compile("[A-Z_]{1,40}");
    private static final int MOST_OPEN = 1000;
    private static final int MOST_ANSWERS = 50;

    private final SagaHost host;
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    private record Open(SagaId sagaId, Set<String> services) {}

    OpenQuestions(SagaHost host) {
        this.host = host;
    }

    /** Asks all participants; without effect when too much is asked at once. */
    void ask(SagaId sagaId, StepAsked asked) {
        if (open.size() >= MOST_OPEN) {
            LOGGER.warn(
                    "Nobody is asked of step {} of saga {}: {} questions are open",
                    asked.step(),
                    host.mention(sagaId),
                    MOST_OPEN);
            return;
        }
        if (open.putIfAbsent(asked.question(), new Open(sagaId, new HashSet<>())) != null) {
            return;
        }
        host.timers().schedule(OPEN, () -> open.remove(asked.question()));
        Question question = new Question(sagaId, asked.step(), asked.question(), asked.commands());
        host.executor().execute(() -> host.ask(question).exceptionally(failure -> {
            LOGGER.warn(
                    "Nobody was asked of step {} of saga {}: {}",
                    asked.step(),
                    host.mention(sagaId),
                    Printable.of(failure));
            return null;
        }));
    }

    /**
     * Takes an answer in.
     *
     * @param service who says that it answers; {@code null}: it does not say
     * @return why it is refused. Empty: it was taken, or nobody waits for it.
     */
    Optional<String> answered(SagaReply reply, @Nullable String service) {
        JsonNode held = reply.result();
        String id;
        try {
            id = Question.idOf(reply);
        } catch (MalformedMessageException e) {
            return Optional.ofNullable(e.getMessage());
        }
        Open asked = open.get(id);
        if (held == null || asked == null || !asked.sagaId().equals(reply.sagaId()) || !isFirst(asked, service)) {
            return Optional.empty();
        }
        host.aside(
                reply.sagaId(),
                new StepTold(
                        reply.step(),
                        id,
                        service,
                        word(held.path("held").asText()),
                        text(held, "command"),
                        held.get("result"),
                        text(held, "code"),
                        text(held, "error"),
                        text(held, "ending")));
        return Optional.empty();
    }

    private static boolean isFirst(Open asked, @Nullable String service) {
        synchronized (asked.services()) {
            return asked.services().size() < MOST_ANSWERS && asked.services().add(service == null ? "" : service);
        }
    }

    private static String word(String held) {
        return WORD.matcher(held).matches() ? held : "UNREADABLE";
    }

    private static @Nullable String text(JsonNode held, String field) {
        JsonNode value = held.get(field);
        return value == null || value.isNull() ? null : value.asText();
    }
}
