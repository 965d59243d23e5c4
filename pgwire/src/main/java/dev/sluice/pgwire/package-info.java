/**
 * PostgreSQL's protocol as values and state machines: bytes become messages, and messages become
 * decisions. Nothing here knows a socket, a thread or a clock.
 */
@NullMarked
package dev.sluice.pgwire;

import org.jspecify.annotations.NullMarked;
