package dev.caravan.testing;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Holds up the replies of the services: while it is closed, Kafka refuses each of them, and they are sent again. */
public final class RepliesGate {

    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "saga-replies");

    private final String brokers;

    public RepliesGate(String brokers) {
        this.brokers = brokers;
    }

    public void close() throws ExecutionException, InterruptedException {
        alter(AlterConfigOp.OpType.SET);
    }

    public void open() throws ExecutionException, InterruptedException {
        alter(AlterConfigOp.OpType.DELETE);
    }

    private void alter(AlterConfigOp.OpType how) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers))) {
            AlterConfigOp nothingFits =
                    new AlterConfigOp(new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1"), how);
            admin.incrementalAlterConfigs(Map.of(TOPIC, List.of(nothingFits)))
                    .all()
                    .get();
        }
    }
}
