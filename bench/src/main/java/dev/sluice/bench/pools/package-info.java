/** The pools that are compared, each opened from the same shape, none tuned beyond it. */
@NullMarked
package dev.sluice.bench.pools;

import org.jspecify.annotations.NullMarked;
