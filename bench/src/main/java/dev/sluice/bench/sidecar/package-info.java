/** Measures the sidecar beside PgBouncer: {@code ./sluice bench sidecar}. */
@NullMarked
package dev.sluice.bench.sidecar;

import org.jspecify.annotations.NullMarked;
