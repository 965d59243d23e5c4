package dev.sluice.proxy.config;

/** How an access rule lets clients in. */
public enum HbaMethod implements Choice {
  /** Without proof, but the user must be known. */
  TRUST,
  /** Not at all. */
  REJECT,
  /** By the MD5 digest of the password, or by SCRAM if that is what the stored secret is for. */
  MD5,
  /** By SCRAM-SHA-256. */
  SCRAM_SHA_256,
  /** By the password in clear text. */
  PASSWORD,
  /** By the system user at the other end of a Unix socket. */
  PEER,
  /** By the TLS client certificate. */
  CERT,
  /** By an LDAP server. */
  LDAP
}
