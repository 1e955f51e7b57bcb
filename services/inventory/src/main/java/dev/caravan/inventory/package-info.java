/**
 * Stock: a command to reserve, confirm or release an order's items comes in, what happened goes out. Knows no sagas:
 * who calls twice, too early or too late is answered before it gets here.
 */
package dev.caravan.inventory;
