package dev.sluice.proxy.config;

import dev.sluice.proxy.config.EntryKey.Section;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Puts a configuration together from the sections of its files. */
final class ConfigLoader implements IniHandler {
  private static final List<String> SECTIONS = List.of("pgbouncer", "databases", "users", "peers");

  private static final String RESERVED =
      "\"pgbouncer\" is the console's database; choose another name";

  private final Report report = new Report();
  private final ConfigFiles files;
  private final @Nullable ProxyConfig running;
  private final SettingsReader settings;
  private final Map<String, DatabaseEntry> databases = new LinkedHashMap<>();
  private final Map<String, UserEntry> users = new LinkedHashMap<>();
  private final Map<Integer, PeerEntry> peers = new LinkedHashMap<>();
  private final Map<String, Place> places = new LinkedHashMap<>();
  private @Nullable String section;

  /**
   * @param running the configuration in force at a reload; null at the start
   */
  ConfigLoader(ConfigFiles files, @Nullable ProxyConfig running) {
    this.files = files;
    this.running = running;
    this.settings = new SettingsReader(running == null ? null : running.settings(), report);
  }

  /** Reads an ini file. */
  void read(Path ini) {
    settings.put(Setting.CONFFILE, ini.toString());
    new IniReader(files, this, report).read(ini, new Place(ini.toString(), 0));
    requireMainSection(ini.toString());
  }

  /** Reads the text of an ini file. */
  void read(String text, Path where) {
    settings.put(Setting.CONFFILE, where.toString());
    new IniReader(files, this, report).read(text, where.toString());
    requireMainSection(where.toString());
  }

  private void requireMainSection(String file) {
    if (!settings.begun() && !report.hasProblems()) {
      report.problem(new Place(file, 0), "the section [pgbouncer] is missing; add it");
    }
  }

  Report report() {
    return report;
  }

  /** Returns the settings as read so far. */
  Settings settings() {
    return settings.settings();
  }

  @Override
  public void section(String name, Place place) {
    section = name;
    if (!SECTIONS.contains(name)) {
      report.problem(
          place,
          "unknown section [" + Printable.of(name) + "]" + Nearest.hint(lower(name), SECTIONS));
    }
    if (name.equals("pgbouncer")) {
      settings.begin(place);
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public void entry(String key, String value, Place place) {
    if (section == null) {
      report.problem(place, Printable.quoted(key) + " stands before the first section");
      return;
    }
    switch (section) {
      case "pgbouncer" -> settings.entry(key, value, place);
      case "databases" -> database(key, value, place);
      case "users" -> user(key, value, place);
      case "peers" -> peer(key, value, place);
      default -> {} // The section was a problem already.
    }
  }

  private void database(String name, String text, Place place) {
    EntryValues values = new EntryParser(Section.DATABASES, text, place, report).parse();
    if (name.equals(ConsoleDatabase.NAME)) {
      report.problem(place, RESERVED);
    }
    twice(Section.DATABASES, name, place);
    databases.put(name, new DatabaseEntry(name, values));
  }

  private void user(String name, String text, Place place) {
    EntryValues values = new EntryParser(Section.USERS, text, place, report).parse();
    twice(Section.USERS, name, place);
    users.put(name, new UserEntry(name, values));
  }

  private void peer(String name, String text, Place place) {
    EntryValues values = new EntryParser(Section.PEERS, text, place, report).parse();
    String host = values.text(EntryKey.HOST).orElse("");
    if (host.isEmpty()) {
      report.problem(place, "the peer needs host=…");
    }
    try {
      int id = (int) Numbers.whole(name, 1, SettingType.MAX_PEER_ID);
      int port = values.limit(EntryKey.PORT).orElse(PeerEntry.DEFAULT_PORT);
      OptionalInt poolSize = values.limit(EntryKey.POOL_SIZE);
      twice(Section.PEERS, name, place);
      peers.put(id, new PeerEntry(id, host, port, poolSize));
    } catch (BadValue e) {
      report.problem(place, "the name of a peer is its peer_id and must be " + e.wanted());
    }
  }

  private void twice(Section in, String name, Place place) {
    Place earlier = places.put(in.word().concat(name), place);
    if (earlier != null) {
      report.warning(
          place,
          Printable.quoted(name)
              + " in "
              + in.word()
              + " is already at "
              + earlier
              + "; the last line counts");
    }
  }

  /** Puts the default of a source other than an ini file. */
  void put(Setting setting, Object value) {
    settings.put(setting, value);
  }

  /** Adds an entry that a source other than an ini file describes. */
  void put(DatabaseEntry entry, Place place) {
    if (entry.name().equals(ConsoleDatabase.NAME)) {
      report.problem(place, RESERVED);
    }
    databases.put(entry.name(), entry);
  }

  /**
   * Completes the configuration.
   *
   * @param origin where a reload reads it again
   * @param more users that no file has
   * @throws ConfigException with all problems
   */
  ProxyConfig finish(ProxyConfig.Origin origin, Map<String, Secret> more) throws ConfigException {
    if (running != null) {
      settings.pin(running.settings());
    }
    Settings read = settings.settings();
    SideFiles side = SideFiles.read(read, files, running, report);
    Checks.check(read, databases, side, report);
    Effects.warn(read, settings.given(), report);
    report.throwProblems();
    return new ProxyConfig(
        read, databases, users, peers, side.with(more), report.warnings(), files, origin);
  }
}
