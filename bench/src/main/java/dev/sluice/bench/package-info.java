/**
 * Sluice measured beside its peers: scenarios, each run by every pool in a JVM of its own, and the
 * tables that come of it.
 */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
