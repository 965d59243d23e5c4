/** The engine: lends any resource. It knows neither JDBC nor any database. */
@NullMarked
package dev.sluice.pool;

import org.jspecify.annotations.NullMarked;
