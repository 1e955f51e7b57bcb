/** What the tests of the services share: a real database, and routes without a broker. For tests only. */
package dev.caravan.testing;
