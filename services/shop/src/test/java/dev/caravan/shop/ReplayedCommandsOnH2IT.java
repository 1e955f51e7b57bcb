package dev.caravan.shop;

import org.springframework.test.annotation.DirtiesContext;

@DirtiesContext
class ReplayedCommandsOnH2IT extends ReplayedCommandsContract {}
