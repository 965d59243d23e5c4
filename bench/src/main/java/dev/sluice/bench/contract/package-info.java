/** Which pool keeps which behaviour of the contract. */
@NullMarked
package dev.sluice.bench.contract;

import org.jspecify.annotations.NullMarked;
