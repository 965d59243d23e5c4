/**
 * What the module of transactions across resources asks of a pool. Exported to it alone. The
 * classes that do the work are in {@code dev.sluice.jdbc}.
 */
@NullMarked
package dev.sluice.jdbc.branch;

import org.jspecify.annotations.NullMarked;
