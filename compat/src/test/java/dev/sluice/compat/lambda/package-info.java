/** A function of AWS Lambda, and enough of Lambda to run it. */
@NullMarked
package dev.sluice.compat.lambda;

import org.jspecify.annotations.NullMarked;
