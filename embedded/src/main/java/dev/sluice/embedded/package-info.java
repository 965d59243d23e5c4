/** Private database servers for demonstrations and tests, started from binaries in a jar. */
@NullMarked
package dev.sluice.embedded;

import org.jspecify.annotations.NullMarked;
