/** What goes wrong around a pool: the machinery that does it, for the fault tests and the soak. */
@NullMarked
package dev.sluice.faults;

import org.jspecify.annotations.NullMarked;
