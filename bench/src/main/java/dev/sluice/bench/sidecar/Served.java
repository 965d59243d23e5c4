package dev.sluice.bench.sidecar;

/**
 * What clients got.
 *
 * @param transactions how many were answered
 * @param perSecond how many were answered per second, the time to connect at the beginning aside
 * @param p50 the median of the times from a query to its answer, in milliseconds
 * @param p99 their 99th percentile, in milliseconds
 */
record Served(long transactions, double perSecond, double p50, double p99) {}
