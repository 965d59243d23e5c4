/** A Jakarta EE server, and the application in it. */
@NullMarked
package dev.sluice.jakarta;

import org.jspecify.annotations.NullMarked;
