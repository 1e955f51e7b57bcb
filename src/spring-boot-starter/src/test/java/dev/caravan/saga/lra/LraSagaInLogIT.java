package dev.caravan.saga.lra;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.TestPropertySource;

/** The same with the coordinator of kind {@code log}. */
@SpringBootTest(classes = LraSagaIT.Application.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@TestPropertySource(properties = "caravan.lra.coordinator.kind=log")
class LraSagaInLogIT extends LraSagaIT {}
