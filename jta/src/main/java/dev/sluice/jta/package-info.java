/**
 * Data sources whose connections take part in the transactions of a Jakarta transaction manager.
 */
@NullMarked
package dev.sluice.jta;

import org.jspecify.annotations.NullMarked;
