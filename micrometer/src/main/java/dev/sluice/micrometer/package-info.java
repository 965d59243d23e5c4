/** Sluice's figures for Micrometer. */
@NullMarked
package dev.sluice.micrometer;

import org.jspecify.annotations.NullMarked;
