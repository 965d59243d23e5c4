/** Sluice in Agroal's place, under Hibernate ORM and Quarkus' transactions. */
@NullMarked
package dev.sluice.quarkus.orm;

import org.jspecify.annotations.NullMarked;
