package dev.sluice.proxy.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The keys of entries in {@code [databases]}, {@code [users]} and {@code [peers]}. */
enum EntryKey {
  DBNAME(EntryType.TEXT, Section.DATABASES),
  HOST(EntryType.TEXT, Section.DATABASES, Section.PEERS),
  PORT(EntryType.PORT, Section.DATABASES, Section.PEERS),
  USER(EntryType.TEXT, Section.DATABASES),
  PASSWORD(EntryType.SECRET, Section.DATABASES),
  AUTH_USER(EntryType.TEXT, Section.DATABASES),
  AUTH_QUERY(EntryType.TEXT, Section.DATABASES),
  AUTH_DBNAME(EntryType.TEXT, Section.DATABASES),
  POOL_SIZE(EntryType.LIMIT, Section.DATABASES, Section.USERS, Section.PEERS),
  MIN_POOL_SIZE(EntryType.LIMIT, Section.DATABASES),
  RESERVE_POOL_SIZE(EntryType.LIMIT, Section.DATABASES, Section.USERS),
  CONNECT_QUERY(EntryType.TEXT, Section.DATABASES),
  POOL_MODE(EntryType.POOL_MODE, Section.DATABASES, Section.USERS),
  QUERY_WAIT_TIMEOUT(EntryType.SECONDS, Section.DATABASES, Section.USERS),
  LOAD_BALANCE_HOSTS(EntryType.LOAD_BALANCE_HOSTS, Section.DATABASES),
  MAX_DB_CONNECTIONS(EntryType.LIMIT, Section.DATABASES),
  MAX_DB_CLIENT_CONNECTIONS(EntryType.LIMIT, Section.DATABASES),
  SERVER_LIFETIME(EntryType.SECONDS, Section.DATABASES),
  CLIENT_ENCODING(EntryType.TEXT, Section.DATABASES),
  DATESTYLE(EntryType.TEXT, Section.DATABASES),
  TIMEZONE(EntryType.TEXT, Section.DATABASES),
  APPLICATION_NAME(EntryType.TEXT, Section.DATABASES),
  MAX_USER_CONNECTIONS(EntryType.LIMIT, Section.USERS),
  MAX_USER_CLIENT_CONNECTIONS(EntryType.LIMIT, Section.USERS),
  QUERY_TIMEOUT(EntryType.SECONDS, Section.USERS),
  IDLE_TRANSACTION_TIMEOUT(EntryType.SECONDS, Section.USERS),
  TRANSACTION_TIMEOUT(EntryType.SECONDS, Section.USERS),
  CLIENT_IDLE_TIMEOUT(EntryType.SECONDS, Section.USERS);

  /** A section with entries. */
  enum Section {
    DATABASES,
    USERS,
    PEERS;

    private final String word = "[" + name().toLowerCase(Locale.ROOT) + "]";

    /** Returns the section as the file has it. */
    String word() {
      return word;
    }
  }

  /** How a value is read. */
  enum EntryType {
    TEXT,
    SECRET,
    PORT,
    LIMIT,
    SECONDS,
    POOL_MODE,
    LOAD_BALANCE_HOSTS;

    Object parse(String text) throws BadValue {
      return switch (this) {
        case TEXT -> text;
        case SECRET -> Secret.of(text);
        case PORT -> (int) Numbers.whole(text, 1, 65_535);
        case LIMIT -> (int) Numbers.whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
        case SECONDS -> Numbers.seconds(text);
        case POOL_MODE -> SettingType.choice(text, PoolMode.values());
        case LOAD_BALANCE_HOSTS -> SettingType.choice(text, LoadBalanceHosts.values());
      };
    }
  }

  private final String key = name().toLowerCase(Locale.ROOT);
  private final EntryType type;

  // A copy, which cannot be changed.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<Section> sections;

  EntryKey(EntryType type, Section... sections) {
    this.type = type;
    this.sections = List.copyOf(Arrays.asList(sections));
  }

  EntryType type() {
    return type;
  }

  String key() {
    return key;
  }

  static @Nullable EntryKey of(String key, Section section) {
    String name =
        section == Section.DATABASES && key.equals("reserve_pool") ? "reserve_pool_size" : key;
    for (EntryKey candidate : values()) {
      if (candidate.key().equals(name) && candidate.sections.contains(section)) {
        return candidate;
      }
    }
    return null;
  }

  static List<String> keys(Section section) {
    List<String> keys = new ArrayList<>();
    for (EntryKey candidate : values()) {
      if (candidate.sections.contains(section)) {
        keys.add(candidate.key());
      }
    }
    return keys;
  }
}
