package dev.sluice.proxy.config;

/** How clients prove who they are. */
public enum AuthType implements Choice {
  /** Not at all, under any name; the database entry names the server's user. */
  ANY,
  /** Not at all, but the user must be known. */
  TRUST,
  /** By the password in clear text. */
  PLAIN,
  /** By the MD5 digest of the password, or by SCRAM if that is what the stored secret is for. */
  MD5,
  /** By the TLS client certificate. */
  CERT,
  /** As {@code auth_hba_file} says. */
  HBA,
  /** By an LDAP server. */
  LDAP,
  /** By the system's PAM service. */
  PAM,
  /** By SCRAM-SHA-256. */
  SCRAM_SHA_256
}
