/** Sluice as the only pool of a Quarkus application: no data source of Quarkus' own. */
@NullMarked
package dev.sluice.quarkus.plain;

import org.jspecify.annotations.NullMarked;
