/** The engine: slots, waiters, the opener, the keeper; knows neither JDBC nor any database. */
@NullMarked
package dev.sluice.pool;

import org.jspecify.annotations.NullMarked;
