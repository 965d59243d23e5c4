package dev.sluice.pool;

/**
 * What a borrower calls its errand.
 *
 * @param token the lease that it belongs to: a tag outlives its lease in the slot, and is then
 *     nobody's
 * @param text the borrower's words
 */
record LeaseTag(long token, String text) {}
