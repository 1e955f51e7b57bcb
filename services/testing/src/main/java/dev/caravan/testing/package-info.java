/** What the tests of the services share: routes without a broker. For tests only. */
package dev.caravan.testing;
