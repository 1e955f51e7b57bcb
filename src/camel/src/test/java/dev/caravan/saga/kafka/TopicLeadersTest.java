package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class TopicLeadersTest {

    private static final TopicPartition PART = new TopicPartition("told", 0);

    private final Queue<Optional<KafkaException>> answers = new ArrayDeque<>();

    private Admin admin() {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (admin, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("listOffsets");
                    KafkaFutureImpl<ListOffsetsResultInfo> answer = new KafkaFutureImpl<>();
                    answers.remove()
                            .ifPresentOrElse(
                                    answer::completeExceptionally,
                                    () -> answer.complete(new ListOffsetsResultInfo(0, 0, Optional.empty())));
                    return new ListOffsetsResult(Map.of(PART, answer));
                });
    }

    private void answers(KafkaException... failures) {
        Arrays.stream(failures).map(Optional::of).forEach(answers::add);
        answers.add(Optional.empty());
    }

    @Test
    void asksAgainABrokerThatDoesNotKnowANewTopicYet() throws Exception {
        answers(
                new UnknownTopicOrPartitionException("no told-0 yet"),
                new UnknownTopicOrPartitionException("still not"));

        TopicLeaders.await(admin(), List.of(PART), Duration.ofMinutes(5));

        assertThat(answers).isEmpty();
    }

    @Test
    void doesNotAskAgainOneThatRefuses() {
        answers(new TopicAuthorizationException("told"));

        assertThatThrownBy(() -> TopicLeaders.await(admin(), List.of(PART), Duration.ofMinutes(5)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void saysInTheEndThatThereIsNone() {
        answers(new UnknownTopicOrPartitionException("no told-0"));

        assertThatThrownBy(() -> TopicLeaders.await(admin(), List.of(PART), Duration.ZERO))
                .hasRootCauseMessage("no told-0");
    }
}
