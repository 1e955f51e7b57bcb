/**
 * Money: a command to take or return the payment of an order comes in, what the gateway did goes out. Knows no sagas.
 *
 * <p>A payment has an effect outside of the database. So it is written down first, carried out with an idempotency
 * key, and written down again; whoever was interrupted in between does it all once more, and it comes to the same.
 *
 * <p>{@code Sandbox…} is a gateway for trying things out, behind HTTP like a real one.
 */
package dev.caravan.payment;
