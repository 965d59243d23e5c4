/** Programs that measure the first calls of their JVM, so they load as few classes as they can. */
@NullMarked
package dev.sluice.bench.fresh;

import org.jspecify.annotations.NullMarked;
