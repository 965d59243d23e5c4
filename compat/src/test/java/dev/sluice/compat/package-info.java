/** Sluice under the frameworks that its users have, unchanged; and the documents' snippets. */
@NullMarked
package dev.sluice.compat;

import org.jspecify.annotations.NullMarked;
