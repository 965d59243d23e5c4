/**
 * Sluice as the pool of a Micronaut application: a data source for each {@code datasources.NAME},
 * with health and metrics where the application has them.
 */
@NullMarked
package dev.sluice.micronaut;

import org.jspecify.annotations.NullMarked;
