package dev.sluice.proxy.config;

/** Whether TLS is used and what is checked, in libpq's terms. */
public enum SslMode implements Choice {
  /** No TLS. */
  DISABLE,
  /** TLS if the other side asks for it. */
  ALLOW,
  /** TLS if the other side can. */
  PREFER,
  /** TLS, without a check of the certificate. */
  REQUIRE,
  /** TLS, and the certificate must be signed by a known authority. */
  VERIFY_CA,
  /** As {@link #VERIFY_CA}, and the certificate must be for the host's name. */
  VERIFY_FULL
}
