/** The order saga and its services as an application of Quarkus. */
package dev.caravan.compatibility.quarkus;
