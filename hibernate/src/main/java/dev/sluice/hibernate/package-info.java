/** Sluice as Hibernate's connection provider. */
@NullMarked
package dev.sluice.hibernate;

import org.jspecify.annotations.NullMarked;
