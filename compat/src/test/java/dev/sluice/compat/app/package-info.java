/** An application that tests deploy in jars of its own, beside its libraries. */
@NullMarked
package dev.sluice.compat.app;

import org.jspecify.annotations.NullMarked;
