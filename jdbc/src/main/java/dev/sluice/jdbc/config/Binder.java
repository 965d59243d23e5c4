package dev.sluice.jdbc.config;

import dev.sluice.jdbc.Secret;
import dev.sluice.pool.PoolConfig.Problem;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of one source. It finds out what each key means in Sluice or a peer, reads its
 * value, and records every problem instead of stopping at the first.
 *
 * <p>A number without a unit counts as a duration only if its unit is certain: under a peer's own
 * name, or under a name that Sluice shares with peers if all other names in the same source imply
 * one unit.
 */
public final class Binder {
  private static final List<String> DRIVER_PREFIXES =
      List.of(
          "driver.",
          "driverproperties.",
          "datasource.",
          "datasourceproperties.",
          "connectionproperties.",
          "connectproperties.",
          "dbproperties.",
          "jdbcproperties.",
          "additionaljdbcproperties.");

  private final List<Problem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<Option, Assignment> assignments = new LinkedHashMap<>();
  private final Map<String, Setting> specials = new LinkedHashMap<>();
  private final Map<String, Setting> driverProperties = new LinkedHashMap<>();
  private final List<Setting> settings = new ArrayList<>();
  private final Set<Peer> company = EnumSet.noneOf(Peer.class);

  /** The peer to which all keys belong although no prefix says so. */
  private @Nullable Peer ruling;

  private Binder() {}

  /** Whether a table of this name holds the driver's properties, as {@code [pool.driver]} does. */
  static boolean isTableOfDriver(String name) {
    return DRIVER_PREFIXES.contains(KeyStyle.squeeze(name) + ".");
  }

  /** Reads the settings of one source. */
  public static Reading read(List<Setting> source) {
    Binder binder = new Binder();
    binder.settings.addAll(source);
    binder.unfoldUrls(source);
    binder.settings.forEach(binder::keepCompany);
    binder.ruling = binder.ruling();
    binder.settings.forEach(binder::assign);
    binder.combineHost();
    binder.startWarm();
    binder.reclaimWhatLeaks();
    for (Setting setting : source) {
      if (setting.peer() != null) {
        PeerHabits.settle(setting.peer(), setting, binder.assignments, binder.notes);
        break;
      }
    }
    return binder.reading();
  }

  private Reading reading() {
    List<Reading.Value> values = new ArrayList<>();
    for (Assignment one : assignments.values()) {
      Object value =
          one.value().equals(Translation.AS_MAX_SIZE) ? Integer.valueOf(-1) : one.value();
      values.add(new Reading.Value(one.option(), value, one.setting().where()));
    }
    return new Reading(values, readDriverProperties(), problems, notes);
  }

  private void problem(String text, Option... options) {
    List<String> names = new ArrayList<>();
    for (Option option : options) {
      names.add(option.key());
    }
    problems.add(new Problem(names, text));
  }

  /** Adds the settings that the URLs contain beside the location of the database. */
  private void unfoldUrls(List<Setting> source) {
    for (Setting setting : source) {
      if (!Names.INSTANCE.isUrl(setting.key()) || !(setting.value() instanceof CharSequence)) {
        continue;
      }
      try {
        ParsedUrl url = ParsedUrl.parse(setting.value().toString(), Names.INSTANCE);
        settings.addAll(url.settings(setting.where() + ": "));
      } catch (BadValue e) {
        // The URL is reported when it is assigned.
      }
    }
  }

  private void keepCompany(Setting setting) {
    String special = Names.special(setting.key());
    Alias alias = Aliases.find(setting.key());
    if (special == null && alias != null && alias.peers().size() == 1) {
      company.add(alias.peer());
    }
  }

  /** The first JVM pool that knows all keys other than Sluice's, if there are several. */
  private @Nullable Peer ruling() {
    Set<String> foreign = new LinkedHashSet<>();
    for (Setting setting : settings) {
      if (Option.find(setting.key()) == null && driverProperty(setting.key()) == null) {
        foreign.add(KeyStyle.squeeze(setting.key()));
      }
    }
    if (foreign.size() < 2) {
      return null;
    }
    for (Peer peer : PeerKeys.PEERS) {
      boolean all = true;
      for (String key : foreign) {
        all &= PeerKeys.find(peer, key) != null;
      }
      if (all) {
        return peer;
      }
    }
    return null;
  }

  /** Opens in the background the connections that a peer opens at its start. */
  private void startWarm() {
    Assignment warm = assignments.get(Option.WARM_UP);
    if (warm != null
        && Option.find(warm.setting().key()) == null
        && !warm.value().equals(0)
        && !assignments.containsKey(Option.START_POLICY)) {
      put(new Assignment(Option.START_POLICY, StartPolicy.BACKGROUND, warm.setting()));
    }
  }

  /** Sets the peer's default time for taking back leaks, if no time is given. */
  private void reclaimWhatLeaks() {
    Assignment reclaim = assignments.get(Option.LEAK_RECLAIM);
    if (reclaim != null
        && Option.find(reclaim.setting().key()) == null
        && reclaim.value().equals(true)
        && !assignments.containsKey(Option.LEAK_THRESHOLD)) {
      Duration usual = Duration.ofSeconds(speaksFor(Peer.TOMCAT, reclaim.setting()) ? 60 : 300);
      put(new Assignment(Option.LEAK_THRESHOLD, usual, reclaim.setting()));
    }
  }

  private boolean speaksFor(Peer peer, Setting setting) {
    return setting.peer() == peer || ruling == peer || company.contains(peer);
  }

  /** Reads a setting by the rules of the peer whose prefix it has. */
  private void assignUnder(Peer peer, Setting setting) {
    Alias alias = PeerKeys.find(peer, setting.key());
    Option option = Option.find(setting.key());
    try {
      if (alias != null) {
        assignByPeer(alias, setting);
      } else if (option != null) {
        Object raw = setting.value();
        assign(option, option.type().isDuration() ? PeerTime.inUnit(raw, peer) : raw, setting);
      } else {
        notes.add(
            setting.where()
                + " is not an option of "
                + peer.title()
                + " that Sluice knows, and has no effect"
                + Names.didYouMean(setting));
      }
    } catch (BadValue e) {
      problem(describe(setting, alias == null ? option : alias.option()) + " " + e.reason());
    }
  }

  private void assignByPeer(Alias alias, Setting setting) throws BadValue {
    if (alias.translation() == Translation.DRIVER_PROPERTIES) {
      splitDriverProperties(setting);
    } else if (alias.translation() == Translation.NO_EFFECT) {
      String value = setting.value().toString().strip();
      if (!value.isEmpty() && !value.equalsIgnoreCase("false")) {
        notes.add(setting.where() + " has no effect: " + alias.note());
      }
    } else {
      assign(alias, setting);
      if (alias.translation() == Translation.RECLAIM_SECONDS
          && !Duration.ZERO.equals(
              assignments.get(Option.LEAK_THRESHOLD) == null
                  ? Duration.ZERO
                  : assignments.get(Option.LEAK_THRESHOLD).value())) {
        put(new Assignment(Option.LEAK_RECLAIM, true, setting));
      }
      if (alias.translation() == Translation.INITIALIZATION_FAIL
          && PeerTime.isAboveZero(setting.value())) {
        assign(Option.START_RETRY, PeerTime.of(setting.value(), Duration.ofMillis(1)), setting);
      }
    }
  }

  /** Reads driver properties as peers write them: {@code a=b;c=d}. */
  private void splitDriverProperties(Setting setting) throws BadValue {
    String text = ValueReader.plainText(setting.value()).strip();
    boolean braced = text.startsWith("{") && text.endsWith("}");
    for (String pair :
        braced ? text.substring(1, text.length() - 1).split(",", -1) : text.split(";", -1)) {
      int equals = pair.indexOf('=');
      String name = (equals < 0 ? pair : pair.substring(0, equals)).strip();
      if (name.startsWith("druid.")) {
        notes.add(setting.where() + ": " + name + " has no effect: there are no filters");
      } else if (!name.isEmpty()) {
        String value = equals < 0 ? "" : pair.substring(equals + 1).strip();
        addDriverProperty(
            name,
            new Setting(name, Secret.of(value), setting.where() + ": ", name, setting.peer()));
      }
    }
  }

  private void assign(Setting setting) {
    String driverProperty = driverProperty(setting.key());
    if (driverProperty != null) {
      addDriverProperty(driverProperty, setting);
      return;
    }
    if (setting.peer() != null) {
      assignUnder(setting.peer(), setting);
      return;
    }
    String special = Names.special(setting.key());
    if (special != null) {
      addSpecial(special, setting);
      return;
    }
    Option option = Option.find(setting.key());
    Alias ruled = ruling == null ? null : PeerKeys.find(ruling, setting.key());
    Alias alias = Aliases.find(setting.key());
    try {
      if (ruled != null) {
        assignByPeer(ruled, setting);
      } else if (alias == null && option == null && jvmKey(setting.key()) != null) {
        assignByPeer(Objects.requireNonNull(jvmKey(setting.key())), setting);
      } else if (option == Option.MAX_IDLE && isTime(setting)) {
        assign(Option.IDLE_TIMEOUT, PeerTime.inUnit(setting.value(), Peer.PSYCOPG), setting);
      } else if (option != null) {
        assign(option, shared(option, setting.value()), setting);
      } else if (alias != null) {
        assign(alias, setting);
      } else {
        problem(setting.where() + " is not an option" + Names.didYouMean(setting));
      }
    } catch (BadValue e) {
      Option meant = option != null || alias == null ? option : alias.option();
      problem(describe(setting, meant) + " " + e.reason());
    }
  }

  /** Whether max_idle is a time, as in psycopg_pool, and not a number of connections. */
  private boolean isTime(Setting setting) {
    Object raw = setting.value();
    if (company.contains(Peer.PSYCOPG) || raw instanceof Duration) {
      return true;
    }
    if (PeerTime.isBareNumber(raw)) {
      return false;
    }
    try {
      DurationText.parse(raw.toString());
      return true;
    } catch (BadValue e) {
      return false;
    }
  }

  /** The meaning of this key in the first JVM pool that knows it. */
  private @Nullable Alias jvmKey(String key) {
    Alias first = null;
    for (Peer peer : PeerKeys.PEERS) {
      Alias alias = PeerKeys.find(peer, key);
      if (alias != null && (first == null || (company.contains(peer) && first.peer() != peer))) {
        first = first == null || !company.contains(first.peer()) ? alias : first;
      }
    }
    return first;
  }

  private void assign(Alias alias, Setting setting) throws BadValue {
    Object value = alias.translate(setting.value(), speaker(alias));
    if (alias.option() != null && !value.equals(Translation.NOTHING)) {
      assign(alias.option(), value, setting);
    }
  }

  private void assign(Option option, Object raw, Setting setting) throws BadValue {
    Object value = raw.equals(Translation.AS_MAX_SIZE) ? raw : option.type().read(raw);
    if (option == Option.URL) {
      value = ParsedUrl.parse(value.toString(), Names.INSTANCE).jdbcUrl();
    }
    put(new Assignment(option, value, setting));
  }

  private void put(Assignment assignment) {
    Option option = assignment.option();
    Assignment before = assignments.putIfAbsent(option, assignment);
    if (before != null && !before.value().equals(assignment.value())) {
      problem(
          describe(assignment.setting(), option)
              + " contradicts "
              + describe(before.setting(), option)
              + ": both mean "
              + option.key()
              + ", give one of them",
          option);
    }
  }

  /** The peer whose meaning of a name counts, because its other names appear beside it. */
  private Peer speaker(Alias alias) {
    for (Peer peer : alias.peers()) {
      if (company.contains(peer)) {
        return peer;
      }
    }
    return alias.peer();
  }

  /** Gives a bare number under a shared name the peers' unit, if that is certain. */
  private Object shared(Option option, Object raw) throws BadValue {
    Set<Duration> units = new LinkedHashSet<>();
    for (Peer peer : Aliases.sharers(option)) {
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
    return DRIVER_PREFIXES.contains(KeyStyle.squeeze(key.substring(0, dot + 1)))
        ? key.substring(dot + 1)
        : null;
  }

  private void addDriverProperty(String name, Setting setting) {
    Setting before = driverProperties.putIfAbsent(name, setting);
    if (before != null && !before.value().equals(setting.value())) {
      problem(setting.where() + " contradicts " + before.where() + ": give one of them");
    }
  }

  private Map<String, Secret> readDriverProperties() {
    Map<String, Secret> read = new LinkedHashMap<>();
    driverProperties.forEach(
        (name, setting) -> {
          try {
            read.put(name, driverValue(setting.value()));
          } catch (BadValue e) {
            problem(setting.where() + " " + e.reason());
          }
        });
    return read;
  }

  /** Text, or an object that code put into a map. */
  private static Secret driverValue(Object raw) throws BadValue {
    if (raw instanceof Iterable<?> || raw instanceof Temporal) {
      throw new BadValue("must be text");
    }
    return Secret.hiding(raw);
  }

  // Keys that have a meaning only together.

  private void addSpecial(String special, Setting setting) {
    Setting before = specials.putIfAbsent(special, setting);
    if (before != null && !before.value().toString().equals(setting.value().toString())) {
      problem(
          describe(setting, null)
              + " contradicts "
              + describe(before, null)
              + ": give one of them");
    }
  }

  /** Builds a URL from its parts. */
  private void combineHost() {
    Setting host = specials.get("host");
    Setting first = null;
    for (String key : Names.PLACE) {
      first = first == null ? specials.get(key) : first;
    }
    if (first == null) {
      return;
    }
    if (host == null) {
      problem(describe(first, null) + " needs host beside it, or a url instead of both");
      return;
    }
    if (assignments.containsKey(Option.URL)) {
      problem(
          describe(host, null)
              + " contradicts "
              + assignments.get(Option.URL).setting().where()
              + ": give host or url, not both");
      return;
    }
    try {
      String url =
          DatabaseUrl.compose(piece("scheme"), piece("host"), piece("port"), piece("database"));
      put(new Assignment(Option.URL, url, host));
    } catch (BadValue e) {
      problem(describe(host, null) + ", with port, database and scheme: " + e.reason());
    }
  }

  private @Nullable String piece(String key) throws BadValue {
    Setting setting = specials.get(key);
    return setting == null ? null : ValueReader.plainText(setting.value()).strip();
  }

  /** A setting with the part of its value that may be shown. */
  private static String describe(Setting setting, @Nullable Option option) {
    return setting.where() + " = " + shown(setting.value(), option);
  }

  private static String shown(Object value, @Nullable Option option) {
    if (value instanceof Secret || option == Option.PASSWORD || option == Option.INIT_SQL) {
      return Printable.MASK;
    }
    if (option == Option.URL) {
      return shownUrl(value.toString());
    }
    if (value instanceof Number || value instanceof Boolean || value instanceof Enum<?>) {
      return value.toString();
    }
    if (value instanceof Duration duration) {
      return DurationText.format(duration);
    }
    if (value.toString().indexOf('@') >= 0) {
      return Printable.MASK; // What is before it may be a login.
    }
    if (value instanceof CharSequence text) {
      return "\"" + Printable.of(text.toString()) + "\"";
    }
    return "(" + value.getClass().getSimpleName() + ")";
  }

  private static String shownUrl(String url) {
    try {
      return ParsedUrl.parse(url, Names.INSTANCE).toString();
    } catch (BadValue e) {
      return Printable.MASK; // What cannot be read may have a password anywhere.
    }
  }
}
