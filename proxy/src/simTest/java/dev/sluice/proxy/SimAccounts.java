package dev.sluice.proxy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The users of a simulation, their passwords, and how they prove who they are: to the sidecar as
 * its files say, and to the servers in the same way.
 */
final class SimAccounts {
  /** How users log in. */
  enum Kind {
    /** Everybody gets in everywhere. */
    TRUST,
    /** By SCRAM; auth_file has the passwords. */
    PASSWORDS,
    /** By SCRAM; auth_file has the servers' verifiers, and clients' keys open the servers. */
    VERIFIERS,
    /** By SCRAM; a user of its own asks the servers for the verifiers. */
    QUERY
  }

  static final String ASKER = "asker";
  static final String OPERATOR = "boss";
  static final String QUERY_TEXT = "AUTHQUERY $1";
  private static final List<String> CLIENTS = List.of("app", "web");

  final Kind kind;
  private final Map<String, String> verifiers = new TreeMap<>();

  SimAccounts(Kind kind) {
    this.kind = kind;
    for (String user : List.of("app", "web", ASKER, OPERATOR)) {
      verifiers.put(user, new SimScram(user, password(user)).verifier());
    }
  }

  static String password(String user) {
    return "password of " + user;
  }

  /** What a server keeps of a user's password; empty if there is no such user. */
  String verifier(String user) {
    return verifiers.getOrDefault(user, "");
  }

  boolean isTrusting() {
    return kind == Kind.TRUST;
  }

  /** The lines of the ini file. */
  String settings() {
    String common = "auth_file = users.txt\nadmin_users = " + OPERATOR + "\n";
    return switch (kind) {
      case TRUST -> "auth_type = trust\n" + common;
      case PASSWORDS, VERIFIERS -> "auth_type = scram-sha-256\n" + common;
      case QUERY ->
          "auth_type = scram-sha-256\nauth_user = "
              + ASKER
              + "\nauth_query = "
              + QUERY_TEXT
              + "\n"
              + common;
    };
  }

  /** The file of users. */
  String file() {
    StringBuilder text = new StringBuilder();
    add(text, OPERATOR, password(OPERATOR));
    if (kind == Kind.QUERY) {
      add(text, ASKER, password(ASKER));
      return text.toString();
    }
    for (String user : CLIENTS) {
      add(text, user, kind == Kind.VERIFIERS ? verifier(user) : password(user));
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String user, String secret) {
    text.append('"').append(user).append("\" \"").append(secret).append("\"\n");
  }
}
