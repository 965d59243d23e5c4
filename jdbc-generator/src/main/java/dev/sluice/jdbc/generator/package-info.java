/** Writes, during the build, the JDBC code that follows from the interfaces alone. */
@NullMarked
package dev.sluice.jdbc.generator;

import org.jspecify.annotations.NullMarked;
