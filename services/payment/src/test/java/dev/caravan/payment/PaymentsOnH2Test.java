package dev.caravan.payment;

import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:payment;MODE=PostgreSQL;LOCK_TIMEOUT=20000")
class PaymentsOnH2Test extends PaymentsContract {}
