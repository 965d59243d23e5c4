/** Sluice as a JDBC {@code DataSource}: connections, session state, errors, configuration. */
@NullMarked
package dev.sluice.jdbc;

import org.jspecify.annotations.NullMarked;
