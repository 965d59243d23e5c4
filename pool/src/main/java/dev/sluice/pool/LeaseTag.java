package dev.sluice.pool;

/**
 * A borrower's tag for its lease.
 *
 * @param token the lease that it belongs to; a tag outlives its lease in the slot, and is then
 *     ignored
 * @param text the text of the tag
 */
record LeaseTag(long token, String text) {}
