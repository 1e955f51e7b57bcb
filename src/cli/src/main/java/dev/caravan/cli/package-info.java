/** Sees and repairs sagas from a terminal, over the REST interface of an application. Knows nothing of the library's classes. */
package dev.caravan.cli;
