/** Sluice as the data source of a Spring Boot application. */
@NullMarked
package dev.sluice.boot;

import org.jspecify.annotations.NullMarked;
