package dev.sluice.proxy.config;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A configuration from a database URL and environment variables, as containers get it. */
final class UrlOrigin implements ProxyConfig.Origin {
  private static final Place URL = new Place("the database URL", 0);

  /** Parameters of libpq that are settings here. */
  private static final Map<String, Setting> SETTINGS =
      Map.of(
          "sslmode", Setting.SERVER_TLS_SSLMODE,
          "sslrootcert", Setting.SERVER_TLS_CA_FILE,
          "sslcert", Setting.SERVER_TLS_CERT_FILE,
          "sslkey", Setting.SERVER_TLS_KEY_FILE,
          "connect_timeout", Setting.SERVER_CONNECT_TIMEOUT);

  /** Parameters of libpq that belong to the entry. */
  private static final Map<String, EntryKey> ENTRY =
      Map.of(
          "application_name", EntryKey.APPLICATION_NAME,
          "client_encoding", EntryKey.CLIENT_ENCODING);

  private final Optional<String> url;
  private final Environment environment;

  /**
   * @param url the URL; without one, the environment must name the host
   */
  UrlOrigin(Optional<String> url, Map<String, String> environment) {
    this.url = url;
    this.environment = new Environment(environment);
  }

  @Override
  public ProxyConfig load(ConfigLoader loader, ProxyConfig running) throws ConfigException {
    return load(loader);
  }

  ProxyConfig load(ConfigLoader loader) throws ConfigException {
    defaults(loader);
    loader.section("pgbouncer", URL);
    Map<String, Secret> users = Map.of();
    try {
      users = url(parsed(), loader);
    } catch (BadValue e) {
      loader.report().problem(URL, "must " + e.wanted());
    }
    environment
        .settings()
        .forEach(
            (name, setting) ->
                loader.entry(
                    setting.key(),
                    environment.get(name).orElse(""),
                    new Place("the environment variable " + name, 0)));
    environment.warn(loader.report());
    password(users, loader);
    return loader.finish(this, users);
  }

  private DatabaseUrl parsed() throws BadValue {
    return url.isPresent() ? DatabaseUrl.parse(url.get()) : DatabaseUrl.of(environment);
  }

  /** Without a password, only clients that need none can log in. */
  private static void password(Map<String, Secret> users, ConfigLoader loader) {
    Settings settings = loader.settings();
    boolean needed =
        switch (settings.authType()) {
          case PLAIN, MD5, SCRAM_SHA_256 -> settings.authFile().isEmpty();
          case ANY, TRUST, CERT, HBA, LDAP, PAM -> false;
        };
    if (needed && users.values().stream().anyMatch(Secret::isEmpty)) {
      loader
          .report()
          .problem(
              URL,
              "has no password, so that nobody can log in; write user:password@, or set AUTH_FILE,"
                  + " or AUTH_TYPE=trust where that is safe");
    }
  }

  /** What suits a container better than the defaults for files. */
  private static void defaults(ConfigLoader loader) {
    loader.put(Setting.LISTEN_ADDR, "*");
    loader.put(Setting.AUTH_TYPE, AuthType.SCRAM_SHA_256);
    loader.put(Setting.IGNORE_STARTUP_PARAMETERS, "extra_float_digits");
  }

  private Map<String, Secret> url(DatabaseUrl parsed, ConfigLoader loader) {
    EnumMap<EntryKey, Object> entry = new EnumMap<>(EntryKey.class);
    parameters(parsed, entry, loader);
    if (!parsed.hosts().isEmpty()) {
      entry.put(EntryKey.HOST, String.join(",", parsed.hosts()));
    }
    entry.put(EntryKey.PORT, parsed.port());
    if (parsed.user().isEmpty()) {
      loader.report().problem(URL, "has no user; write postgresql://user:password@host/database");
    } else {
      entry.put(EntryKey.AUTH_USER, parsed.user());
    }
    String name = environment.get("PGBOUNCER_DATABASE").orElse(parsed.database());
    if (!parsed.database().isEmpty() && !name.equals(parsed.database())) {
      entry.put(EntryKey.DBNAME, parsed.database());
    }
    if (environment.isOn("PGBOUNCER_SET_DATABASE_USER")) {
      entry.put(EntryKey.USER, parsed.user());
      entry.put(EntryKey.PASSWORD, parsed.password());
    }
    variables(entry, loader);
    String entryName = name.isEmpty() ? DatabaseEntry.FALLBACK : name;
    loader.put(new DatabaseEntry(entryName, new EntryValues(entry)), URL);
    return user(parsed);
  }

  private static Map<String, Secret> user(DatabaseUrl parsed) {
    Map<String, Secret> users = new LinkedHashMap<>();
    if (!parsed.user().isEmpty()) {
      users.put(parsed.user(), parsed.password());
    }
    return users;
  }

  private static void parameters(
      DatabaseUrl parsed, EnumMap<EntryKey, Object> entry, ConfigLoader loader) {
    parsed
        .parameters()
        .forEach(
            (key, value) -> {
              Setting setting = SETTINGS.get(key);
              EntryKey entryKey = ENTRY.get(key);
              if (setting != null) {
                loader.entry(setting.key(), value, URL);
              } else if (entryKey != null && !value.isEmpty()) {
                entry.put(entryKey, value);
              } else {
                loader
                    .report()
                    .warning(URL, "the parameter " + Printable.quoted(key) + " has no effect");
              }
            });
  }

  /** What the containers write into the entry or should. */
  private void variables(EnumMap<EntryKey, Object> entry, ConfigLoader loader) {
    environment.get("CLIENT_ENCODING").ifPresent(v -> entry.put(EntryKey.CLIENT_ENCODING, v));
    environment.get("TIMEZONE").ifPresent(v -> entry.put(EntryKey.TIMEZONE, v));
    environment
        .get("POOL_SIZE")
        .ifPresent(
            value -> {
              try {
                entry.put(EntryKey.POOL_SIZE, EntryKey.POOL_SIZE.type().parse(value));
              } catch (BadValue e) {
                loader
                    .report()
                    .problem(
                        new Place("the environment variable POOL_SIZE", 0),
                        "must be " + e.wanted());
              }
            });
  }
}
