/** What callers may expect of a pool, in sentences that can be run against any of them. */
@NullMarked
package dev.sluice.contract;

import org.jspecify.annotations.NullMarked;
