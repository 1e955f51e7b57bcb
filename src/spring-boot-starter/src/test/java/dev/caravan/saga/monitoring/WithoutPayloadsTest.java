package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.docs.Repository;
import dev.caravan.saga.state.EventPayloads;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every event of the log, with a secret in each place where the application's own is. */
class WithoutPayloadsTest {

    private static final String SECRET = "only-for-operators";

    private final ObjectMapper json = new ObjectMapper();
    private final SagaLogCodec codec = new SagaLogCodec();

    static List<Path> samples() {
        return Repository.files(path -> path.startsWith("src/core/src/test/resources/saga-log-samples/"));
    }

    private SagaLogEntry withSecrets(Path sample, AtomicInteger secrets) throws IOException {
        ObjectNode entry = (ObjectNode) json.readTree(Files.readAllBytes(sample));
        EventPayloads.change(entry.path("event"), payload -> {
            if (payload instanceof ObjectNode object) {
                secrets.incrementAndGet();
                return object.put("secret", SECRET);
            }
            secrets.incrementAndGet();
            return TextNode.valueOf(SECRET);
        });
        return codec.decode(json.writeValueAsBytes(entry));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void leavesNothingOfWhatTheApplicationSentAndGot(Path sample) throws IOException {
        SagaLogEntry bare = WithoutPayloads.of(withSecrets(sample, new AtomicInteger()));

        assertThat(codec.encode(bare.event()).toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void nothingOfItIsInATimeline(Path sample) throws IOException {
        SagaLogEntry entry = withSecrets(sample, new AtomicInteger());
        JsonNode timeline = new SagaJson()
                .timeline(
                        new SagaTimeline(SagaState.initial(entry.sagaId()).apply(entry), List.of(entry)),
                        Attention.NONE,
                        child -> Optional.empty());

        assertThat(timeline.path("events")).hasSize(1);
        assertThat(timeline.toString()).doesNotContain(SECRET);
    }

    @Test
    void theSamplesHavePayloads() throws IOException {
        AtomicInteger secrets = new AtomicInteger();
        for (Path sample : samples()) {
            withSecrets(sample, secrets);
        }

        assertThat(secrets).hasValueGreaterThan(10);
    }
}
