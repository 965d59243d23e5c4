/**
 * Logins on both sides of the sidecar: how a client proves who it is, and how the sidecar proves
 * itself to PostgreSQL.
 *
 * <p>Start with {@link dev.sluice.pgwire.auth.ClientAuthentication} and {@link
 * dev.sluice.pgwire.auth.ServerLogin}. Both are state machines: payloads of messages go in, actions
 * come out as values, and neither blocks. Derivation of keys, which takes milliseconds, comes out
 * as an action too ({@link dev.sluice.pgwire.auth.KeyDerivation}), for the caller to run on a
 * worker. A message that is not legal in the current state ends the login.
 */
@NullMarked
package dev.sluice.pgwire.auth;

import org.jspecify.annotations.NullMarked;
