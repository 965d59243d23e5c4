package dev.sluice.proxy.config;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads {@code sluice.toml}. An unknown key is a problem. */
final class SluiceToml {
  private static final String OVERLOAD = "overload";
  private static final String REPORT = "report";
  private static final String MODE = "transaction_mode";
  private static final String USERS = "users";
  private static final String USER = "users.NAME";
  private static final int MAX_PRIORITY = 3;
  private static final int MAX_WAITING = 1_000_000;

  /** A value that is read, or the reason why it cannot be. */
  @FunctionalInterface
  private interface Parser<T> {
    T parse(Object value) throws BadValue;
  }

  private final Report report = new Report();
  private final String file;

  private SluiceToml(String file) {
    this.file = file;
  }

  static SluiceSettings load(Path file, ConfigFiles files) throws ConfigException {
    SluiceToml reader = new SluiceToml(file.toString());
    try {
      return reader.read(files.read(file));
    } catch (IOException e) {
      throw new ConfigException(Printable.quoted(file.toString()) + " " + IniReader.reason(e));
    }
  }

  private SluiceSettings read(String text) throws ConfigException {
    TomlParseResult root = Toml.parse(text);
    root.errors().forEach(e -> problem(e.position(), String.valueOf(e.getMessage())));
    report.throwProblems();
    List<String> known = new ArrayList<>(SluiceSetting.keysOf(""));
    known.addAll(List.of(OVERLOAD, REPORT, MODE, USERS));
    requireKnown(root, known, "");
    Section overload = section(root, OVERLOAD);
    Section reports = section(root, REPORT);
    Section mode = section(root, MODE);
    SluiceSettings none = SluiceSettings.NONE;
    SluiceSettings settings =
        new SluiceSettings(
            new Section(root, "").get("metrics_address", SluiceToml::address, Optional.empty()),
            overload.get("target", SluiceToml::seconds, none.overloadTarget()),
            overload.get("interval", SluiceToml::seconds, none.overloadInterval()),
            overload.get("max_waiting", value -> whole(value, MAX_WAITING), none.maxWaiting()),
            reports.get("transaction", SluiceToml::seconds, none.reportTransaction()),
            reports.get("idle_transaction", SluiceToml::seconds, none.reportIdleTransaction()),
            mode.get("sql_prepare", SluiceToml::truth, none.sqlPrepare()),
            mode.get("listen", SluiceToml::truth, none.listen()),
            mode.get("pin", SluiceToml::truth, none.pin()),
            users(root));
    if (settings.overloadTarget().compareTo(settings.overloadInterval()) >= 0) {
      report.problem(
          new Place(file, 0),
          "overload.interval must be longer than overload.target, and both positive");
    }
    report.throwProblems();
    return settings;
  }

  private Map<String, SluiceUser> users(TomlTable root) {
    Map<String, SluiceUser> users = new HashMap<>();
    TomlTable all = table(root, USERS, USERS);
    if (all != null) {
      for (String name : all.keySet()) {
        TomlTable table = table(all, name, USERS + "." + name);
        if (table != null) {
          requireKnown(table, SluiceSetting.keysOf(USER), "[users." + name + "]: ");
          Section user = new Section(table, USERS + "." + name + ".");
          users.put(
              name,
              new SluiceUser(
                  user.get("priority", value -> whole(value, MAX_PRIORITY), 0),
                  user.get("sheddable", SluiceToml::truth, true)));
        }
      }
    }
    return users;
  }

  private Section section(TomlTable root, String name) {
    TomlTable table = table(root, name, name);
    if (table != null) {
      requireKnown(table, SluiceSetting.keysOf(name), "[" + name + "]: ");
    }
    return new Section(table, name + ".");
  }

  private @Nullable TomlTable table(TomlTable parent, String name, String shown) {
    Object value = parent.get(List.of(name));
    if (value == null || value instanceof TomlTable) {
      return (TomlTable) value;
    }
    problem(parent.inputPositionOf(List.of(name)), shown + " must be a table, as [" + shown + "]");
    return null;
  }

  private void requireKnown(TomlTable table, List<String> known, String where) {
    for (String key : table.keySet()) {
      if (!known.contains(key)) {
        problem(
            table.inputPositionOf(List.of(key)),
            where + "unknown key " + Printable.quoted(key) + Nearest.hint(key, known));
      }
    }
  }

  private void problem(@Nullable TomlPosition position, String text) {
    report.problem(new Place(file, position == null ? 0 : position.line()), text);
  }

  /** A table, perhaps one that the file does not have. */
  private final class Section {
    private final @Nullable TomlTable table;
    private final String prefix;

    Section(@Nullable TomlTable table, String prefix) {
      this.table = table;
      this.prefix = prefix;
    }

    <T> T get(String key, Parser<T> parser, T fallback) {
      Object value = table == null ? null : table.get(List.of(key));
      if (table == null || value == null) {
        return fallback;
      }
      try {
        return parser.parse(value);
      } catch (BadValue e) {
        problem(
            table.inputPositionOf(List.of(key)),
            prefix + key + " = " + Printable.quoted("" + value) + " must be " + e.wanted());
        return fallback;
      }
    }
  }

  // ---- values

  private static Duration seconds(Object value) throws BadValue {
    if (value instanceof Long || value instanceof Double) {
      double number = ((Number) value).doubleValue();
      if (!Double.isNaN(number) && !Double.isInfinite(number)) {
        return Numbers.seconds(new BigDecimal(value.toString()).toPlainString());
      }
    }
    return Numbers.seconds("");
  }

  private static int whole(Object value, int most) throws BadValue {
    if (value instanceof Long number && number >= 0 && number <= most) {
      return number.intValue();
    }
    throw new BadValue("a whole number from 0 to " + most);
  }

  private static boolean truth(Object value) throws BadValue {
    if (value instanceof Boolean truth) {
      return truth;
    }
    throw new BadValue("true or false");
  }

  private static Optional<InetSocketAddress> address(Object value) throws BadValue {
    if (value instanceof String || value instanceof Long) {
      return Optional.of(MetricsAddress.parse(value.toString()));
    }
    throw MetricsAddress.bad();
  }
}
