package dev.sluice.pool;

/**
 * Why opening fails.
 *
 * @param cause the last failure
 * @param since when opening failed first, precise
 * @param failures how often since then; those that fail together count once
 * @param permanent whether no later attempt will do better until somebody acts
 * @param retryAt when the next attempt may be made, precise
 */
record Outage(Throwable cause, long since, int failures, boolean permanent, long retryAt) {}
