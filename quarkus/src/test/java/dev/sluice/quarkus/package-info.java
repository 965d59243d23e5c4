/** The applications, started by Quarkus. */
@NullMarked
package dev.sluice.quarkus;

import org.jspecify.annotations.NullMarked;
