package dev.sluice.pool;

/**
 * Why opening fails.
 *
 * @param cause the last failure
 * @param since the first failure, on the precise clock
 * @param failures the number of failures since then; opens that fail together count once
 * @param permanent whether every later attempt will fail until somebody acts
 * @param retryAt when the next attempt may be made, on the precise clock
 */
record Outage(Throwable cause, long since, int failures, boolean permanent, long retryAt) {}
