/**
 * Sluice as the pool of a Spring Boot application. {@link
 * dev.sluice.spring.boot.SluiceBuilderCustomizer} is for applications; Boot finds the rest.
 */
@NullMarked
package dev.sluice.spring.boot;

import org.jspecify.annotations.NullMarked;
