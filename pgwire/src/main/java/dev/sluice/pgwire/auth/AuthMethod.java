package dev.sluice.pgwire.auth;

/** How a client must prove who it is. */
public enum AuthMethod {
  /** No proof, but the user must exist. */
  TRUST,
  /** No proof, and any user name will do: the server side has a user of its own. */
  ANY,
  /** The password, readable on the wire. */
  PLAIN,
  /** The password, readable on the wire, which an LDAP server judges. */
  LDAP,
  /** A salted MD5 hash; for users whose stored secret is for SCRAM, {@link #SCRAM_SHA_256}. */
  MD5,
  /** SCRAM-SHA-256, over TLS also with channel binding. */
  SCRAM_SHA_256,
  /** A TLS certificate that names the user. */
  CERT,
  /** A Unix socket, whose other end runs as the user. */
  PEER,
  /** Nobody gets in. */
  REJECT
}
