package dev.sluice.proxy.ldap;

import java.nio.charset.StandardCharsets;
import javax.naming.ldap.Rdn;

/** Puts a user's name into the name of an entry, or into a filter, so that it stays one value. */
final class LdapNames {
  private static final String USER = "$username";

  private LdapNames() {}

  /**
   * The name of a user's entry. If the prefix makes it a distinguished name, the user is escaped as
   * RFC 4514 says; in other names, such as {@code user@example.net}, it stands as it is.
   */
  static String entry(String prefix, String user, String suffix) {
    boolean distinguished = prefix.indexOf('=') >= 0;
    return prefix + (distinguished ? Rdn.escapeValue(user) : user) + suffix;
  }

  /** A filter for a user, who is escaped as RFC 4515 says. */
  static String filter(String pattern, String user) {
    return pattern.replace(USER, escaped(user));
  }

  private static String escaped(String value) {
    StringBuilder text = new StringBuilder(value.length());
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || isSafe(b);
      if (plain) {
        text.append((char) b);
      } else {
        text.append(String.format("\\%02x", b & 0xff));
      }
    }
    return text.toString();
  }

  private static boolean isSafe(byte b) {
    return b == '-' || b == '_' || b == '.' || b == '@';
  }
}
