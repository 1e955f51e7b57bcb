/** A generic runtime: route files come in, their sagas run. Nothing here knows the order saga. */
package dev.caravan.orchestrator;
