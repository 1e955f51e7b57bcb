/** Time as it is handed in: what it is now, what is to be done later, and how long to wait before trying again. */
package dev.caravan.saga.time;
