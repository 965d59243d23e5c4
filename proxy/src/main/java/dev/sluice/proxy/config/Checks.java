package dev.sluice.proxy.config;

import java.util.Map;
import java.util.Optional;

/** Checks that settings fit together. */
final class Checks {
  private Checks() {}

  static void check(
      Settings settings, Map<String, DatabaseEntry> databases, SideFiles side, Report report) {
    listens(settings, report);
    authentication(settings, report);
    tls(settings, report);
    for (DatabaseEntry entry : databases.values()) {
      database(entry, settings, databases, report);
    }
    if (databases.isEmpty()) {
      report.warning("[databases] is empty: clients reach only the console");
    }
    if (nobody(settings, databases, side)) {
      report.warning("no user can log in: auth_file has no user, and auth_user is not set either");
    }
  }

  private static void listens(Settings settings, Report report) {
    if (settings.listenAddr().isEmpty() && settings.unixSocketDir().isEmpty()) {
      problem(report, "listen_addr", "is empty and so is unix_socket_dir; set one of them");
    }
  }

  private static void authentication(Settings settings, Report report) {
    AuthType type = settings.authType();
    if (type == AuthType.PAM) {
      problem(
          report,
          "auth_type",
          "pam is not built in yet; use scram-sha-256, md5, plain, cert, ldap or hba");
    }
  }

  private static void tls(Settings settings, Report report) {
    boolean certificate =
        settings.clientTlsCertFile().isPresent() && settings.clientTlsKeyFile().isPresent();
    if (settings.clientTlsSslmode() != SslMode.DISABLE && !certificate) {
      problem(
          report,
          "client_tls_sslmode",
          settings.clientTlsSslmode().word()
              + " needs client_tls_cert_file and client_tls_key_file");
    }
    if (settings.serverTlsCertFile().isPresent() != settings.serverTlsKeyFile().isPresent()) {
      problem(report, "server_tls_cert_file", "needs server_tls_key_file, and the reverse");
    }
  }

  private static void database(
      DatabaseEntry entry, Settings settings, Map<String, DatabaseEntry> all, Report report) {
    if (settings.authType() == AuthType.ANY && entry.user().isEmpty()) {
      report.warning("auth_type any: no client can use " + named(entry) + ", which needs user=…");
    }
    Optional<String> own = entry.authDbname();
    String auth = (own.isPresent() ? own : settings.authDbname()).orElse(entry.name());
    if (auth.equals(ConsoleDatabase.NAME)) {
      report.warning(
          "auth_query cannot run for "
              + named(entry)
              + ": its auth_dbname \"pgbouncer\" is the console");
    } else if (!all.containsKey(auth) && !all.containsKey(DatabaseEntry.FALLBACK)) {
      report.warning(
          "the auth_dbname " + Printable.quoted(auth) + " of " + named(entry) + " has no entry");
    }
  }

  private static String named(DatabaseEntry entry) {
    return "database " + Printable.quoted(entry.name());
  }

  private static boolean nobody(
      Settings settings, Map<String, DatabaseEntry> databases, SideFiles side) {
    return switch (settings.authType()) {
      case ANY, PAM, LDAP, HBA, CERT -> false;
      case TRUST, PLAIN, MD5, SCRAM_SHA_256 ->
          side.userList().secrets().isEmpty()
              && settings.authUser().isEmpty()
              && !anyAuthUser(databases);
    };
  }

  private static boolean anyAuthUser(Map<String, DatabaseEntry> databases) {
    for (DatabaseEntry entry : databases.values()) {
      if (entry.authUser().isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static void problem(Report report, String key, String text) {
    report.problem(new Place(key, 0), text);
  }
}
