package dev.caravan.order;

import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:order;MODE=PostgreSQL;LOCK_TIMEOUT=20000")
class OrdersOnH2Test extends OrdersContract {}
