package dev.sluice.testkit;

import java.util.List;

/**
 * A line of the log of calls into the fake driver, written when the call came in.
 *
 * @param number its place among all calls, from 1
 * @param connection the id of the physical connection
 * @param method such as {@code Connection.commit}
 * @param arguments what it was called with
 * @param thread the name of the calling thread
 */
public record CallRecord(
    long number, int connection, String method, List<Object> arguments, String thread) {}
