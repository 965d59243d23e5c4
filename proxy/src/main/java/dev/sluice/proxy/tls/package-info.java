/**
 * TLS on both sides of the sidecar: certificates and keys from PEM files, what is checked in each
 * mode, and what a finished handshake says of the other side.
 */
@NullMarked
package dev.sluice.proxy.tls;

import org.jspecify.annotations.NullMarked;
