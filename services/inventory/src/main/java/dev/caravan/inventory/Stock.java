package dev.caravan.inventory;

/** How much of a product can be reserved, and how much is. */
record Stock(String productId, long available, long reserved) {}
