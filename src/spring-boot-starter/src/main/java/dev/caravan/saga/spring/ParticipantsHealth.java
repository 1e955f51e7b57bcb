package dev.caravan.saga.spring;

import dev.caravan.saga.kafka.KafkaParticipants;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** UP while the commands of each service of this process can be taken. Those of others may all be another instance's. */
final class ParticipantsHealth extends TroubleHealth {

    private final KafkaParticipants participants;

    ParticipantsHealth(KafkaParticipants participants) {
        super(List.of(participants::trouble));
        this.participants = participants;
    }

    /** Partitions by service, and which were fenced. */
    @Override
    Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("partitions", participants.partitions());
        putFenced(details, participants.fenced());
        return details;
    }
}
