package dev.sluice.proxy;

import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.DatabaseEntry;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.Settings;
import dev.sluice.proxy.config.SluiceSettings;
import dev.sluice.proxy.tls.TlsContexts;
import dev.sluice.proxy.tls.TlsException;
import java.util.List;
import java.util.Optional;

/**
 * Puts a new configuration in force while the sidecar runs: RELOAD and SET. One change at a time.
 * Blocks while it reads files.
 */
final class ConfigChange {
  private final ProxyCore core;

  ConfigChange(ProxyCore core) {
    this.core = core;
  }

  /**
   * Reads the files again.
   *
   * @throws ConfigException if they cannot be used; then nothing changes
   */
  synchronized void reload() throws ConfigException {
    ProxyConfig newer;
    SluiceSettings own;
    try {
      newer = core.config().reload();
      own = core.own.newer();
    } catch (ConfigException e) {
      e.problems().forEach(problem -> core.log.error(problem.toString()));
      throw e;
    }
    TlsContexts tls = tls(newer);
    newer.warnings().forEach(core.log::warning);
    core.own.settings(own);
    apply(newer, tls);
    core.log.reopen(newer.settings().logfile().orElse(null));
  }

  /**
   * Changes one setting.
   *
   * @return what the operator should know; empty if all is as wanted
   * @throws ConfigException if that is not possible; then nothing changes
   */
  synchronized Optional<String> set(String key, String value) throws ConfigException {
    ProxyConfig newer = core.config().with(key, value);
    Settings before = core.config().settings();
    Optional<String> notice = Optional.empty();
    TlsContexts tls = core.tls();
    if (key.contains("_tls")) {
      try {
        tls = tls(newer);
      } catch (ConfigException e) { // several settings may have to change, one by one
        notice = Optional.of("TLS settings could not be applied, still using old configuration");
      }
    }
    apply(newer, tls);
    if (!before.logfile().equals(newer.settings().logfile())) {
      core.log.reopen(newer.settings().logfile().orElse(null));
    }
    return notice;
  }

  /** Reads certificates and keys again: a reload is how renewed ones come into use. */
  private TlsContexts tls(ProxyConfig newer) throws ConfigException {
    try {
      return TlsContexts.load(newer.settings());
    } catch (TlsException e) {
      core.log.error(String.valueOf(e.getMessage()));
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }

  private void apply(ProxyConfig newer, TlsContexts tls) {
    boolean otherTls = !serverTls(core.config().settings()).equals(serverTls(newer.settings()));
    core.config(newer);
    core.tls(tls);
    core.log.verbose(newer.settings().verbose());
    for (ServerPool pool : core.pools.all()) {
      Optional<DatabaseEntry> entry = entry(newer, pool.key.database());
      if (entry.isEmpty()) {
        core.pools.remove(pool, "database removed");
      } else {
        apply(newer, pool, entry.get(), otherTls);
      }
    }
    core.pools.keepMinimums();
  }

  /** What decides how servers are reached. */
  private static List<Object> serverTls(Settings settings) {
    return List.of(
        settings.serverTlsSslmode(),
        settings.serverTlsProtocols(),
        settings.serverTls13Ciphers(),
        settings.serverTlsCaFile(),
        settings.serverTlsCertFile(),
        settings.serverTlsKeyFile());
  }

  static Optional<DatabaseEntry> entry(ProxyConfig config, String database) {
    return config
        .database(database)
        .or(() -> config.fallback().map(fallback -> fallback.forDatabase(database)));
  }

  private static void apply(
      ProxyConfig newer, ServerPool pool, DatabaseEntry entry, boolean otherTls) {
    DatabaseEntry before = pool.limits().database();
    pool.reconfigure(newer.effective(entry, pool.key.user()));
    if (otherTls || isElsewhere(before, entry)) {
      Operations.retire(pool, "database configuration changed");
    }
  }

  /** Whether servers must be opened in another way. */
  private static boolean isElsewhere(DatabaseEntry before, DatabaseEntry after) {
    return !before.host().equals(after.host())
        || before.port() != after.port()
        || !before.serverDatabase().equals(after.serverDatabase())
        || !before.user().equals(after.user())
        || !before.password().equals(after.password())
        || !before.connectQuery().equals(after.connectQuery())
        || !before.clientEncoding().equals(after.clientEncoding())
        || !before.datestyle().equals(after.datestyle())
        || !before.timezone().equals(after.timezone())
        || !before.applicationName().equals(after.applicationName())
        || !before.loadBalanceHosts().equals(after.loadBalanceHosts());
  }
}
