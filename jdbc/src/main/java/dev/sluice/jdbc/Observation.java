package dev.sluice.jdbc;

/**
 * What a host has answered to one check. Immutable.
 *
 * @param isPrimary whether it accepts writes
 * @param timeline PostgreSQL's timeline of a primary, which each promotion raises; otherwise 0
 * @param position how far a primary has written, or a replica has replayed: a position in
 *     PostgreSQL's log, or the sequence number of MariaDB's last transaction. {@link #UNKNOWN} if
 *     the server cannot tell
 * @param lagNanos how far a replica says that it is behind; {@link #UNKNOWN} if it does not say so
 * @param began when the check was about to ask, in nanoseconds. On a primary everything that was
 *     committed before that is below the position
 */
record Observation(boolean isPrimary, long timeline, long position, long lagNanos, long began) {
  static final long UNKNOWN = -1;

  boolean hasPosition() {
    return position != UNKNOWN;
  }
}
