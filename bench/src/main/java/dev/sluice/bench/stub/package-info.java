/** A JDBC driver that answers at once, or after a time that is set: the floor under every pool. */
@NullMarked
package dev.sluice.bench.stub;

import org.jspecify.annotations.NullMarked;
