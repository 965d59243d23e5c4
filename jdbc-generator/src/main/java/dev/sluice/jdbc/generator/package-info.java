/** Writes, during the build, the part of the JDBC wrappers that only delegates. */
@NullMarked
package dev.sluice.jdbc.generator;

import org.jspecify.annotations.NullMarked;
