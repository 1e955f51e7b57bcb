/**
 * Orders. Over HTTP an order comes in, is checked and priced, and {@link dev.caravan.order.OrderSagas} starts what
 * carries it out. From there commands come back to {@link dev.caravan.order.Orders}, which records the order, confirms
 * or cancels it. Card numbers pass through and are kept nowhere.
 */
package dev.caravan.order;
