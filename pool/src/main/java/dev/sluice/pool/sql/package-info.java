/**
 * What the doors to SQL databases share: what a statement's text does to a session, and the
 * SQLSTATEs of Sluice's own exceptions. Exported to these doors alone. The engine uses none of it,
 * and knows no database.
 */
@NullMarked
package dev.sluice.pool.sql;

import org.jspecify.annotations.NullMarked;
