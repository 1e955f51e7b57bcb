package dev.caravan.inventory;

import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "spring.datasource.url=jdbc:h2:mem:inventory;MODE=PostgreSQL;LOCK_TIMEOUT=20000")
class InventoryOnH2Test extends InventoryContract {}
