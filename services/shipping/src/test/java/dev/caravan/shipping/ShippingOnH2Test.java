package dev.caravan.shipping;

import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:shipping;MODE=PostgreSQL;LOCK_TIMEOUT=20000")
class ShippingOnH2Test extends ShippingContract {}
