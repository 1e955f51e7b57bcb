/**
 * Parcels: a command to prepare or cancel the shipment of an order comes in, the shipment goes out. Knows no sagas:
 * who calls twice, too early or too late is answered before it gets here.
 */
package dev.caravan.shipping;
