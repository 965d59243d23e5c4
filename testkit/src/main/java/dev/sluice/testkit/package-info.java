/** Fixtures of Sluice's own tests: databases that fail on command, and watchers of what is left. */
@NullMarked
package dev.sluice.testkit;

import org.jspecify.annotations.NullMarked;
