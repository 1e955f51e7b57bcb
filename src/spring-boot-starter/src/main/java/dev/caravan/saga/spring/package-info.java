/** Puts the parts together in a Spring Boot application. The only place that knows Spring Boot. */
@NullMarked
package dev.caravan.saga.spring;

import org.jspecify.annotations.NullMarked;
