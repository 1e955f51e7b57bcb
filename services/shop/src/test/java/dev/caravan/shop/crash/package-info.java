/** What becomes of orders when processes are killed: real processes, SIGKILL, and what the log and the tables say afterwards. */
package dev.caravan.shop.crash;
