package dev.sluice.proxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of the sidecar, from PgBouncer's files. A configuration never changes: {@link
 * #with} and {@link #reload} return another one, or throw and change nothing. Immutable;
 * thread-safe.
 */
public final class ProxyConfig {
  /** Where a reload reads the configuration again. */
  interface Origin {
    ProxyConfig load(ConfigLoader loader, ProxyConfig running) throws ConfigException;
  }

  private static final Origin INI_FILE =
      new Origin() {
        @Override
        public ProxyConfig load(ConfigLoader loader, ProxyConfig running) throws ConfigException {
          loader.read(running.conffile());
          return loader.finish(this, Map.of());
        }
      };

  private final Settings settings;
  private final Map<String, DatabaseEntry> databases;
  private final Optional<DatabaseEntry> fallback;
  private final Map<String, UserEntry> users;
  private final Map<Integer, PeerEntry> peers;
  private final SideFiles side;
  private final List<String> warnings;
  private final ConfigFiles files;
  private final Origin origin;

  ProxyConfig(
      Settings settings,
      Map<String, DatabaseEntry> databases,
      Map<String, UserEntry> users,
      Map<Integer, PeerEntry> peers,
      SideFiles side,
      List<String> warnings,
      ConfigFiles files,
      Origin origin) {
    Map<String, DatabaseEntry> named = new LinkedHashMap<>(databases);
    this.settings = settings;
    this.fallback = Optional.ofNullable(named.remove(DatabaseEntry.FALLBACK));
    this.databases = Collections.unmodifiableMap(named);
    this.users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
    this.peers = Collections.unmodifiableMap(new LinkedHashMap<>(peers));
    this.side = side;
    this.warnings = List.copyOf(warnings);
    this.files = files;
    this.origin = origin;
  }

  /**
   * Reads an ini file and the files that it names. Relative names start at the working directory of
   * the process, as in PgBouncer. Blocks while it reads.
   *
   * @throws ConfigException with all problems, if there are any
   */
  public static ProxyConfig load(Path ini) throws ConfigException {
    return load(ini, DiskFiles.ofProcess());
  }

  static ProxyConfig load(Path ini, ConfigFiles files) throws ConfigException {
    ConfigLoader loader = new ConfigLoader(files, null);
    loader.read(ini);
    return loader.finish(INI_FILE, Map.of());
  }

  /**
   * Reads the text of an ini file, and the files that it names. A {@link #reload} reads the same
   * text again.
   *
   * @param iniText the text
   * @param where the file that messages and {@code conffile} name
   * @throws ConfigException with all problems, if there are any
   */
  public static ProxyConfig of(String iniText, Path where) throws ConfigException {
    return of(iniText, where, DiskFiles.ofProcess());
  }

  static ProxyConfig of(String iniText, Path where, ConfigFiles files) throws ConfigException {
    ConfigLoader loader = new ConfigLoader(files, null);
    loader.read(iniText, where);
    return loader.finish(text(iniText, where), Map.of());
  }

  private static Origin text(String iniText, Path where) {
    return new Origin() {
      @Override
      public ProxyConfig load(ConfigLoader loader, ProxyConfig running) throws ConfigException {
        loader.read(iniText, where);
        return loader.finish(this, Map.of());
      }
    };
  }

  /**
   * Reads a database URL and the environment variables of the common PgBouncer containers, as a
   * container without a file gets them. Clients log in as the URL's user with its password. The
   * defaults are as for a file, but for {@code listen_addr = *}, {@code auth_type = scram-sha-256}
   * and {@code ignore_startup_parameters = extra_float_digits}. A {@link #reload} reads the same
   * again, and {@code auth_file} anew.
   *
   * @param url {@code postgresql://user:password@host:port/database?sslmode=…}; without a database,
   *     clients may ask for every one
   * @param environment the environment: a setting in capital letters, such as {@code POOL_MODE},
   *     with or without {@code PGBOUNCER_} in front
   * @throws ConfigException with all problems, if there are any
   */
  public static ProxyConfig fromUrl(String url, Map<String, String> environment)
      throws ConfigException {
    ConfigLoader loader = new ConfigLoader(DiskFiles.ofProcess(), null);
    return new UrlOrigin(Optional.of(url), environment).load(loader);
  }

  /**
   * Reads environment variables alone: as {@link #fromUrl} with the URL in {@code DATABASE_URL}, or
   * with {@code DB_HOST}, {@code DB_PORT}, {@code DB_USER}, {@code DB_PASSWORD} and {@code
   * DB_NAME}, or with {@code POSTGRESQL_HOST} and its kin. Returns empty if there is neither a URL
   * nor a host.
   *
   * @throws ConfigException with all problems, if there are any
   */
  public static Optional<ProxyConfig> fromEnvironment(Map<String, String> environment)
      throws ConfigException {
    Environment variables = new Environment(environment);
    Optional<String> url = variables.get("DATABASE_URL");
    if (url.isEmpty() && variables.get("DB_HOST", "POSTGRESQL_HOST").isEmpty()) {
      return Optional.empty();
    }
    ConfigLoader loader = new ConfigLoader(DiskFiles.ofProcess(), null);
    return Optional.of(new UrlOrigin(url, environment).load(loader));
  }

  /** Checks an ini file without using it. Blocks while it reads. */
  public static ConfigCheck check(Path ini) {
    try {
      return new ConfigCheck(List.of(), load(ini).warnings());
    } catch (ConfigException e) {
      return new ConfigCheck(e.problems(), e.warnings());
    }
  }

  /** Returns the section {@code [pgbouncer]}. */
  public Settings settings() {
    return settings;
  }

  /** Returns the entry of this name; {@code *} does not count. */
  public Optional<DatabaseEntry> database(String name) {
    return Optional.ofNullable(databases.get(name));
  }

  /** Returns the entry {@code *}. */
  public Optional<DatabaseEntry> fallback() {
    return fallback;
  }

  /** Returns the entries of {@code [databases]} without {@code *}, in the order of the file. */
  public Map<String, DatabaseEntry> databases() {
    return databases;
  }

  /** Returns the user's entry; one without values if the file has none. */
  public UserEntry user(String name) {
    UserEntry entry = users.get(name);
    return entry != null ? entry : new UserEntry(name, EntryValues.NONE);
  }

  /** Returns the entries of {@code [users]}, in the order of the file. */
  public Map<String, UserEntry> users() {
    return users;
  }

  /** Returns the entries of {@code [peers]} by their ids, in the order of the file. */
  public Map<Integer, PeerEntry> peers() {
    return peers;
  }

  /** Returns the users of {@code auth_file}; none if {@code auth_type} needs no file. */
  public UserList userList() {
    return side.userList();
  }

  /** Returns the access rules; none, which rejects everybody, unless {@code auth_type} is hba. */
  public HbaRules hba() {
    return side.hba();
  }

  /** Returns what {@code auth_ldap_options} says; empty unless {@code auth_type} is ldap. */
  public Optional<LdapOptions> ldap() {
    return side.ldap();
  }

  /** Returns what counts for the clients of a database under a user. */
  public EffectivePool effective(DatabaseEntry database, String user) {
    return new EffectivePool(settings, database, user(user));
  }

  /**
   * Returns warnings: settings that have no effect, by name and with the reason, and settings that
   * probably do not mean what they say.
   */
  public List<String> warnings() {
    return warnings;
  }

  /** Returns the rows of {@code SHOW CONFIG}. */
  public List<ConfigRow> rows() {
    List<ConfigRow> rows = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      rows.add(
          new ConfigRow(
              setting.key(),
              settings.shown(setting),
              setting.defaultOrNull(),
              setting.changeable()));
    }
    return rows;
  }

  /**
   * Returns this configuration with another value, as the console's {@code SET} wants it. Reads the
   * files that the setting names. Blocks while it reads.
   *
   * @throws ConfigException if the key is unknown, the value does not fit, or only a restart can
   *     change the setting
   */
  public ProxyConfig with(String key, String value) throws ConfigException {
    Setting setting =
        Setting.of(key).orElseThrow(() -> new ConfigException(SettingsReader.unknown(key)));
    if (!setting.changeable()) {
      throw new ConfigException(key + " cannot change at run time; set it in the file and restart");
    }
    EnumMap<Setting, Object> values = settings.values();
    try {
      values.put(setting, setting.type().parse(value));
    } catch (BadValue e) {
      throw new ConfigException(SettingsReader.wrong(key, value, e));
    }
    return with(new Settings(values), setting);
  }

  private ProxyConfig with(Settings changed, Setting setting) throws ConfigException {
    SideFiles read =
        switch (setting) {
          case AUTH_TYPE, AUTH_FILE, AUTH_HBA_FILE, AUTH_IDENT_FILE, AUTH_LDAP_OPTIONS ->
              sideFiles(changed);
          default -> side;
        };
    return new ProxyConfig(changed, everyDatabase(), users, peers, read, warnings, files, origin);
  }

  private SideFiles sideFiles(Settings changed) throws ConfigException {
    Report report = new Report();
    SideFiles read = SideFiles.read(changed, files, this, report);
    report.throwProblems();
    return read;
  }

  private Map<String, DatabaseEntry> everyDatabase() {
    Map<String, DatabaseEntry> all = new LinkedHashMap<>(databases);
    fallback.ifPresent(entry -> all.put(DatabaseEntry.FALLBACK, entry));
    return all;
  }

  /**
   * Reads the configuration again: the file that {@code conffile} names now, and the files that it
   * names. What {@code SET} changed is lost, except for settings without a default that the file
   * does not set. What only a restart can change stays, with a warning. Blocks while it reads.
   *
   * @throws ConfigException with all problems; this configuration stays as it is
   */
  public ProxyConfig reload() throws ConfigException {
    return origin.load(new ConfigLoader(files, this), this);
  }

  private Path conffile() {
    return settings.conffile().orElse(Path.of(""));
  }
}
