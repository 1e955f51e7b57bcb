package dev.caravan.saga.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The brokers that lead partitions. Each broker learns of a new topic by itself: one that has not yet says that there is
 * none, and is asked again.
 */
final class TopicLeaders {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private TopicLeaders() {}

    /**
     * Waits until the leader of each partition has taken it over. Of records that are sent before, the first may be turned
     * away and a later one taken: Kafka's idempotent producer then sends the first one again for two minutes, in vain.
     *
     * @throws ExecutionException a leader refused, or had not taken its partition over within this time
     * @throws TimeoutException there was no answer within this time
     */
    static void await(Admin admin, Collection<TopicPartition> partitions, Duration timeout)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> ends =
                partitions.stream().collect(Collectors.toMap(part -> part, part -> OffsetSpec.latest()));
        long begin = System.nanoTime();
        while (true) {
            try {
                admin.listOffsets(ends).all().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException e) {
                boolean again =
                        e.getCause() instanceof RetriableException && System.nanoTime() - begin < timeout.toNanos();
                if (!again) {
                    throw e;
                }
                new CompletableFuture<Void>()
                        .completeOnTimeout(null, PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                        .get();
            }
        }
    }
}
