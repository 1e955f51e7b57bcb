package dev.caravan.shop;

import org.junit.jupiter.api.Tag;
import org.springframework.test.annotation.DirtiesContext;

@Tag("thorough")
@DirtiesContext
class ReplayedCommandsOnH2IT extends ReplayedCommandsContract {}
