package dev.sluice.cli;

import java.util.LongSummaryStatistics;

/**
 * What one part of a demo came to.
 *
 * @param row its line of the table, for the whole of its time
 * @param operations how many were done
 * @param failures how many were not
 * @param turns how many each caller had
 * @param served how many callers had one or more
 */
record Result(Row row, long operations, long failures, LongSummaryStatistics turns, int served) {}
