/**
 * A pool of R2DBC connections: {@link dev.sluice.r2dbc.SluiceConnectionFactory} lends the
 * connections of any driver by the rules of {@link dev.sluice.pool.Pool}.
 */
@NullMarked
package dev.sluice.r2dbc;

import org.jspecify.annotations.NullMarked;
