package dev.sluice.proxy;

import dev.sluice.proxy.config.AuthType;
import dev.sluice.proxy.config.Settings;

/** What a client of the console may do. */
enum ConsoleRight {
  /** Nothing: the console refuses the login. */
  NONE,
  /** SHOW, but for file descriptors. */
  STATS,
  /** Everything. */
  ADMIN;

  /** The database that is the console. */
  static final String DATABASE = "pgbouncer";

  /** The user that the account of the process has on its own Unix socket. */
  static final String OWNER = "pgbouncer";

  /**
   * The right of a client whose identity no password has to prove: the account that runs the
   * sidecar, on the Unix socket; and everybody where the configuration trusts every name.
   *
   * @param ownUserId of this process; -1 if it is not known
   */
  static ConsoleRight withoutPassword(
      String user, Origin origin, int ownUserId, Settings settings) {
    boolean own = origin.isUnix() && origin.userId() >= 0 && origin.userId() == ownUserId;
    if (own && user.equals(OWNER)) {
      return ADMIN;
    }
    if (settings.authType() != AuthType.ANY) {
      return NONE;
    }
    return settings.adminUsers().contains(user) ? ADMIN : STATS;
  }

  /** The right of a user who has proved who it is. */
  static ConsoleRight of(String user, Settings settings) {
    if (settings.adminUsers().contains(user)) {
      return ADMIN;
    }
    return settings.statsUsers().contains(user) ? STATS : NONE;
  }
}
