package dev.caravan.order;

/** What is answered to a command. */
public record OrderResult(String orderId, OrderStatus status) {}
