/**
 * The sidecar: a pooler for PostgreSQL between its clients and its servers, in PgBouncer's place.
 */
@NullMarked
package dev.sluice.proxy;

import org.jspecify.annotations.NullMarked;
