/** Puts the parts together in a Spring Boot application. The only place that knows Spring Boot. */
package dev.caravan.saga.spring;
