package dev.caravan.saga.spring;

import dev.caravan.saga.kafka.KafkaParticipants;
import java.util.List;
import java.util.Map;

/** UP while the commands of each service of this process can be taken. Those of others may all be another instance's. */
final class ParticipantsHealth extends TroubleHealth {

    private final KafkaParticipants participants;

    ParticipantsHealth(KafkaParticipants participants) {
        super(List.of(participants::trouble));
        this.participants = participants;
    }

    /** Partitions by service. */
    @Override
    Map<String, Object> details() {
        return Map.of("partitions", participants.partitions());
    }
}
