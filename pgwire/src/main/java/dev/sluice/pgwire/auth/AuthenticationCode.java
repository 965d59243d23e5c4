package dev.sluice.pgwire.auth;

/** The names of authentication requests, for messages. */
final class AuthenticationCode {
  private AuthenticationCode() {}

  static String name(int code) {
    return switch (code) {
      case 0 -> "AuthenticationOk";
      case 2 -> "Kerberos V5 authentication";
      case 3 -> "a cleartext password";
      case 5 -> "an md5 password";
      case 6 -> "SCM credentials";
      case 7 -> "GSSAPI authentication";
      case 8 -> "a continuation of GSSAPI authentication";
      case 9 -> "SSPI authentication";
      case 10 -> "AuthenticationSASL";
      case 11 -> "AuthenticationSASLContinue";
      case 12 -> "AuthenticationSASLFinal";
      case -1 -> "an authentication request without a code";
      default -> "an unknown authentication method (" + code + ")";
    };
  }
}
