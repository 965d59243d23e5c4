/** Sluice's metrics for OpenTelemetry. */
@NullMarked
package dev.sluice.opentelemetry;

import org.jspecify.annotations.NullMarked;
