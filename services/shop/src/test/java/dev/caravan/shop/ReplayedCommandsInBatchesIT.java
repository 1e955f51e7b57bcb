package dev.caravan.shop;

import org.springframework.test.context.TestPropertySource;

/** Where actions that wait for each other share a transaction. */
@TestPropertySource(properties = "caravan.participant.batch-size=8")
class ReplayedCommandsInBatchesIT extends ReplayedCommandsOnPostgresIT {}
