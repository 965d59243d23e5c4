package dev.sluice.jdbc;

import dev.sluice.pool.PoolConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sets a builder's options from the settings of one source: finds what each key means, whoever's
 * name for it that is, reads its value, and notes every problem instead of stopping at the first.
 *
 * <p>A number without a unit is taken for a duration only where it is certain what it counts: under
 * a peer's own name, or under a name that Sluice shares with peers if all other names in the same
 * source speak for one unit.
 */
final class Binder {
  private static final List<String> DRIVER_PREFIXES =
      List.of("driver.", "driverproperties.", "datasource.", "datasourceproperties.");

  /** Pieces of a URL. */
  private static final List<String> PLACE = List.of("host", "port", "database", "scheme");

  /** All names that mean an option, as they are compared. */
  private static final List<String> NAMES =
      Stream.concat(
              Options.ALL.stream().map(Option::key),
              Aliases.ALL.stream().filter(a -> a.option() != null).map(Alias::name))
          .map(Kind::squeeze)
          .toList();

  private final SluiceBuilder builder;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Assignment> assignments = new LinkedHashMap<>();
  private final Map<String, Setting> specials = new LinkedHashMap<>();
  private final Map<String, Setting> driverProperties = new LinkedHashMap<>();
  private final List<Setting> settings = new ArrayList<>();
  private final Set<Peer> company = EnumSet.noneOf(Peer.class);

  /** What a setting means: an option and its value. */
  private record Assignment(Option<?> option, Object value, Setting setting) {}

  private Binder(SluiceBuilder builder) {
    this.builder = builder;
  }

  /** Sets options; adds what is wrong to the builder's problems. */
  static void bind(List<Setting> source, SluiceBuilder builder) {
    Binder binder = new Binder(builder);
    binder.settings.addAll(source);
    binder.unfoldUrls(source);
    binder.settings.forEach(binder::keepCompany);
    binder.settings.forEach(binder::assign);
    binder.combinePoolSize();
    binder.combineMinimumIdle();
    binder.combineHost();
    binder.assignments.values().forEach(binder::apply);
    binder.applyDriverProperties();
    builder.problems.addAll(binder.problems);
  }

  /** Whether a key of a database URL is for the pool, not for the driver. */
  static boolean knows(String key) {
    return special(key) != null || Options.find(key) != null || Aliases.find(key) != null;
  }

  /** Whether a key means the database's URL. */
  static boolean isUrl(String key) {
    Option<?> option = Options.find(key);
    Alias alias = Aliases.find(key);
    return (option != null && option.key().equals("url"))
        || (alias != null && "url".equals(alias.option()));
  }

  /** Whether a key means a part of the database's URL. */
  static boolean isPlace(String key) {
    String special = special(key);
    return special != null && PLACE.contains(special);
  }

  /** What the URLs among the settings say beside where the database is. */
  private void unfoldUrls(List<Setting> source) {
    for (Setting setting : source) {
      if (!isUrl(setting.key()) || !(setting.value() instanceof CharSequence)) {
        continue;
      }
      try {
        ParsedUrl url = ParsedUrl.parse(setting.value().toString());
        settings.addAll(url.settings(setting.where()));
      } catch (BadValue e) {
        // The URL is reported when it is assigned.
      }
    }
  }

  private void keepCompany(Setting setting) {
    Alias alias = Aliases.find(setting.key());
    if (special(setting.key()) != null && !Kind.squeeze(setting.key()).equals("minimumidle")) {
      if (Kind.squeeze(setting.key()).matches("poolsize|maxoverflow")) {
        company.add(Peer.SQLALCHEMY);
      }
    } else if (alias != null && alias.peers().size() == 1) {
      company.add(alias.peer());
    }
  }

  private void assign(Setting setting) {
    String driverProperty = driverProperty(setting.key());
    if (driverProperty != null) {
      addDriverProperty(driverProperty, setting);
      return;
    }
    String special = special(setting.key());
    if (special != null) {
      addSpecial(special, setting);
      return;
    }
    Option<?> option = Options.find(setting.key());
    Alias alias = Aliases.find(setting.key());
    try {
      if (option != null) {
        assign(option, shared(option, setting.value()), setting);
      } else if (alias != null) {
        assign(alias, setting);
      } else {
        problems.add(unknown(setting));
      }
    } catch (BadValue e) {
      String key = option != null ? option.key() : alias == null ? null : alias.option();
      problems.add(describe(setting, key) + " " + e.reason());
    }
  }

  private void assign(Alias alias, Setting setting) throws BadValue {
    Object value = alias.translation().translate(setting.value(), speaker(alias));
    if (alias.option() != null && !value.equals(Alias.Translation.NOTHING)) {
      assign(Options.get(alias.option()), value, setting);
    }
  }

  private void assign(Option<?> option, Object raw, Setting setting) throws BadValue {
    Object value = option.kind().read(raw);
    if (option.key().equals("url")) {
      value = ParsedUrl.parse(value.toString()).jdbcUrl();
    }
    put(new Assignment(option, value, setting));
  }

  private void put(Assignment assignment) {
    String key = assignment.option().key();
    Assignment before = assignments.putIfAbsent(key, assignment);
    if (before != null && !before.value().equals(assignment.value())) {
      problems.add(
          describe(assignment.setting(), key)
              + " contradicts "
              + describe(before.setting(), key)
              + ": both mean "
              + key
              + ", give one of them");
    }
  }

  /** Whose meaning of a name counts: the peer whose other names stand beside it. */
  private Peer speaker(Alias alias) {
    for (Peer peer : alias.peers()) {
      if (company.contains(peer)) {
        return peer;
      }
    }
    return alias.peer();
  }

  /** Gives a bare number under a name that Sluice shares with peers their unit, if that is sure. */
  private Object shared(Option<?> option, Object raw) throws BadValue {
    Set<Duration> units = new LinkedHashSet<>();
    for (Peer peer : Aliases.sharers(option.key())) {
      if (company.contains(peer)) {
        units.add(peer.unit());
      }
    }
    return units.size() == 1 ? PeerTime.of(raw, units.iterator().next()) : raw;
  }

  // Driver properties.

  private static @Nullable String driverProperty(String key) {
    int dot = key.indexOf('.');
    if (dot < 0 || dot == key.length() - 1) {
      return null;
    }
    return DRIVER_PREFIXES.contains(Kind.squeeze(key.substring(0, dot + 1)))
        ? key.substring(dot + 1)
        : null;
  }

  private void addDriverProperty(String name, Setting setting) {
    Setting before = driverProperties.putIfAbsent(name, setting);
    if (before != null && !before.value().equals(setting.value())) {
      problems.add(setting.where() + " contradicts " + before.where() + ": give one of them");
    }
  }

  private void applyDriverProperties() {
    driverProperties.forEach(
        (name, setting) -> {
          try {
            builder.driverProperty(name, Kind.secret().read(setting.value()));
          } catch (BadValue e) {
            problems.add(setting.where() + " " + e.reason());
          }
        });
  }

  // Keys that mean something together.

  private static @Nullable String special(String key) {
    return switch (Kind.squeeze(key)) {
      case "poolsize" -> "pool_size";
      case "maxoverflow", "overflow" -> "max_overflow";
      case "minimumidle" -> "minimumIdle";
      case "host" -> "host";
      case "port" -> "port";
      case "database", "dbname" -> "database";
      case "scheme" -> "scheme";
      default -> null;
    };
  }

  private void addSpecial(String special, Setting setting) {
    Setting before = specials.putIfAbsent(special, setting);
    if (before != null && !before.value().toString().equals(setting.value().toString())) {
      problems.add(
          describe(setting, special)
              + " contradicts "
              + describe(before, special)
              + ": give one of them");
    }
  }

  /** SQLAlchemy's base and overflow: together the maximum. */
  private void combinePoolSize() {
    Setting base = specials.get("pool_size");
    Setting overflow = specials.get("max_overflow");
    if (base != null) {
      addUp(base, overflow);
    } else if (overflow != null) {
      Assignment maxSize = assignments.remove("maxSize");
      if (maxSize == null) {
        problems.add(
            describe(overflow, null)
                + " needs pool_size (or maxSize) beside it: their sum is the maximum");
      } else {
        addUp(maxSize.setting(), overflow);
      }
    }
  }

  private void addUp(Setting base, @Nullable Setting overflow) {
    Kind<Integer> size = Kind.integer(1, PoolConfig.MAX_SIZE_LIMIT);
    String with = "";
    Setting read = base;
    try {
      int sum = size.read(base.value());
      if (overflow != null) {
        with = " on top of " + describe(base, null);
        read = overflow;
        sum = size.read(sum + overflow(overflow.value()));
      }
      put(new Assignment(Options.get("maxSize"), sum, base));
    } catch (BadValue e) {
      problems.add(describe(read, null) + with + " " + e.reason());
    }
  }

  private static int overflow(Object value) throws BadValue {
    if (PeerTime.isNumber(value, "-1")) {
      throw new BadValue("must not be -1: Sluice has no pool without a limit");
    }
    return Kind.integer(0, PoolConfig.MAX_SIZE_LIMIT).read(value);
  }

  /** HikariCP's minimumIdle, of which -1 means as many as the maximum. */
  private void combineMinimumIdle() {
    Setting setting = specials.get("minimumIdle");
    if (setting == null) {
      return;
    }
    Option<?> minSize = Options.get("minSize");
    try {
      Assignment maxSize = assignments.get("maxSize");
      Object value =
          PeerTime.isNumber(setting.value(), "-1")
              ? (maxSize == null ? Integer.valueOf(10) : maxSize.value())
              : minSize.kind().read(setting.value());
      put(new Assignment(minSize, value, setting));
    } catch (BadValue e) {
      problems.add(describe(setting, "minSize") + " " + e.reason());
    }
  }

  /** A database given in pieces instead of a URL. */
  private void combineHost() {
    Setting host = specials.get("host");
    Setting first = null;
    for (String key : PLACE) {
      first = first == null ? specials.get(key) : first;
    }
    if (first == null) {
      return;
    }
    if (host == null) {
      problems.add(describe(first, "host") + " needs host beside it, or a url instead of both");
      return;
    }
    if (assignments.containsKey("url")) {
      problems.add(
          describe(host, "host")
              + " contradicts "
              + assignments.get("url").setting().where()
              + ": give host or url, not both");
      return;
    }
    try {
      String url =
          DatabaseUrl.compose(piece("scheme"), piece("host"), piece("port"), piece("database"));
      put(new Assignment(Options.get("url"), url, host));
    } catch (BadValue e) {
      problems.add(describe(host, "host") + ", with port, database and scheme: " + e.reason());
    }
  }

  private @Nullable String piece(String key) throws BadValue {
    Setting setting = specials.get(key);
    return setting == null ? null : Kind.plainText(setting.value()).strip();
  }

  // The end: options set, problems told.

  private void apply(Assignment assignment) {
    try {
      assignment.option().set(builder, assignment.value());
      builder.origins.put(assignment.option().key(), assignment.setting().where());
    } catch (SluiceConfigException e) {
      problems.add(assignment.setting().where() + ": " + e.getMessage());
    }
  }

  private static String unknown(Setting setting) {
    String key = setting.spelled();
    String hint =
        Nearest.to(Kind.squeeze(setting.key()), NAMES)
            .map(name -> "; did you mean " + Spelling.like(key, display(name)) + "?")
            .orElse("; docs/configuration.md lists the options");
    return setting.where() + " is no option" + hint;
  }

  private static String display(String squeezed) {
    Option<?> option = Options.find(squeezed);
    return option != null ? option.key() : Objects.requireNonNull(Aliases.find(squeezed)).name();
  }

  /** A setting with its value, as far as it may be shown. */
  private static String describe(Setting setting, @Nullable String option) {
    return setting.where() + " = " + shown(setting.value(), option);
  }

  private static String shown(Object value, @Nullable String option) {
    if (value instanceof Secret || "password".equals(option) || "initSql".equals(option)) {
      return Secret.MASK;
    }
    if ("url".equals(option)) {
      return shownUrl(value.toString());
    }
    if (value instanceof Number || value instanceof Boolean || value instanceof Enum<?>) {
      return value.toString();
    }
    if (value instanceof Duration duration) {
      return Durations.format(duration);
    }
    if (value.toString().indexOf('@') >= 0) {
      return Secret.MASK; // What is before it may be a login.
    }
    if (value instanceof CharSequence text) {
      return "\"" + Printable.of(text.toString()) + "\"";
    }
    return "(" + value.getClass().getSimpleName() + ")";
  }

  private static String shownUrl(String url) {
    try {
      return ParsedUrl.parse(url).toString();
    } catch (BadValue e) {
      return Secret.MASK; // What cannot be read may have a password anywhere.
    }
  }
}
