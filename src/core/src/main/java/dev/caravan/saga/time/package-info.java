/** Time as it is handed in: what it is now, what is to be done later, and how long to wait before trying again. */
@NullMarked
package dev.caravan.saga.time;

import org.jspecify.annotations.NullMarked;
