package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A part of a session's state that a borrower may change and the pool restores. The order is safe:
 * properties that cannot be restored inside a transaction come before those that may begin one.
 * Auto-commit is not among them, because it decides when the others can be written.
 */
enum SessionProperty {
  READ_ONLY(1 << 8) {
    @Override
    Object read(Connection raw, Dialect dialect) throws SQLException {
      return raw.isReadOnly();
    }

    @Override
    void write(Connection raw, @Nullable Object value) throws SQLException {
      raw.setReadOnly(Boolean.TRUE.equals(value));
    }
  },

  ISOLATION(1 << 9) {
    @Override
    Object read(Connection raw, Dialect dialect) throws SQLException {
      return raw.getTransactionIsolation();
    }

    @Override
    @Nullable Object readInitial(Connection raw, Dialect dialect) throws SQLException {
      return isolation(dialect.initialSetting(raw, "default_transaction_isolation"));
    }

    @Override
    void write(Connection raw, @Nullable Object value) throws SQLException {
      raw.setTransactionIsolation(number(value));
    }
  },

  HOLDABILITY(1 << 10) {
    @Override
    Object read(Connection raw, Dialect dialect) throws SQLException {
      return raw.getHoldability();
    }

    @Override
    void write(Connection raw, @Nullable Object value) throws SQLException {
      raw.setHoldability(number(value));
    }
  },

  NETWORK_TIMEOUT(1 << 11) {
    @Override
    Object read(Connection raw, Dialect dialect) throws SQLException {
      return raw.getNetworkTimeout();
    }

    @Override
    void write(Connection raw, @Nullable Object value) throws SQLException {
      raw.setNetworkTimeout(Runnable::run, number(value));
    }
  },

  /** Recorded only if the statements of a connection share it. */
  QUERY_TIMEOUT(1 << 16) {
    @Override
    Object read(Connection raw, Dialect dialect) throws SQLException {
      try (Statement statement = raw.createStatement()) {
        return statement.getQueryTimeout();
      }
    }

    @Override
    void write(Connection raw, @Nullable Object value) throws SQLException {
      try (Statement statement = raw.createStatement()) {
        statement.setQueryTimeout(number(value));
      }
    }
  },

  TYPE_MAP(1 << 12) {
    @Override
    @Nullable Object read(Connection raw, Dialect dialect) throws SQLException {
      Map<String, Class<?>> map = raw.getTypeMap();
      return map == null ? null : new HashMap<>(map);
    }

    @Override
    @SuppressWarnings("unchecked") // what was read, or what setTypeMap was given
    void write(Connection raw, @Nullable Object value) throws SQLException {
      raw.setTypeMap((Map<String, Class<?>>) value);
    }

    // Use a copy; otherwise the next borrower's changes would become the initial value.
    @Override
    @SuppressWarnings("unchecked")
    void restore(Connection raw, Dialect dialect, @Nullable Object initial) throws SQLException {
      raw.setTypeMap(initial == null ? null : new HashMap<>((Map<String, Class<?>>) initial));
    }
  },

  CATALOG(1 << 13) {
    @Override
    @Nullable Object read(Connection raw, Dialect dialect) throws SQLException {
      return raw.getCatalog();
    }

    @Override
    void write(Connection raw, @Nullable Object value) throws SQLException {
      raw.setCatalog((String) value);
    }
  },

  SCHEMA(1 << 14) {
    @Override
    @Nullable Object read(Connection raw, Dialect dialect) throws SQLException {
      return dialect.readSchema(raw);
    }

    @Override
    @Nullable Object readInitial(Connection raw, Dialect dialect) throws SQLException {
      return dialect.initialSetting(raw, "search_path");
    }

    @Override
    void write(Connection raw, @Nullable Object value) throws SQLException {
      raw.setSchema((String) value);
    }

    @Override
    void restore(Connection raw, Dialect dialect, @Nullable Object initial) throws SQLException {
      dialect.restoreSchema(raw, (String) initial);
    }
  },

  CLIENT_INFO(1 << 15) {
    @Override
    Object read(Connection raw, Dialect dialect) throws SQLException {
      Properties copy = new Properties();
      Properties info = raw.getClientInfo();
      if (info != null) {
        info.stringPropertyNames().forEach(name -> copy.put(name, info.getProperty(name)));
      }
      return copy;
    }

    @Override
    void write(Connection raw, @Nullable Object value) throws SQLException {
      raw.setClientInfo((Properties) value);
    }

    // MariaDB's driver keeps properties that are not set, and clears a property set to "" but not
    // to null.
    @Override
    void restore(Connection raw, Dialect dialect, @Nullable Object initial) throws SQLException {
      Properties before = initial == null ? new Properties() : (Properties) initial;
      raw.setClientInfo(before);
      Properties now = (Properties) read(raw, dialect);
      for (String name : now.stringPropertyNames()) {
        if (!before.containsKey(name) && !now.getProperty(name).isEmpty()) {
          raw.setClientInfo(name, "");
        }
      }
    }
  };

  private static final SessionProperty[] VALUES = values();

  /**
   * Its bit among those of {@link PhysicalConnection}, all of which are from the eighth upwards.
   */
  final int bit;

  SessionProperty(int bit) {
    this.bit = bit;
  }

  /** All properties, in the order in which they are restored. Do not write to the array. */
  static SessionProperty[] all() {
    return VALUES;
  }

  /** Asks the driver; costs a round trip for some properties and drivers. */
  abstract @Nullable Object read(Connection raw, Dialect dialect) throws SQLException;

  /** Asks the server for the initial value, if it remembers that. */
  @Nullable Object readInitial(Connection raw, Dialect dialect) throws SQLException {
    return read(raw, dialect);
  }

  /** Whether SQL may change the next result of {@link #read}. */
  boolean mayBeChangedBySql(Dialect dialect) {
    return switch (this) {
      case READ_ONLY, ISOLATION, SCHEMA, CLIENT_INFO -> true;
      case CATALOG -> dialect != Dialect.POSTGRESQL; // there it is the database, for ever
      case QUERY_TIMEOUT -> dialect.sharesQueryTimeout();
      case HOLDABILITY, NETWORK_TIMEOUT, TYPE_MAP -> false;
    };
  }

  /**
   * Whether a statement that was prepared before a change may mean something else than one after.
   */
  boolean decidesMeaning() {
    return switch (this) {
      case CATALOG, SCHEMA, HOLDABILITY, TYPE_MAP -> true;
      case READ_ONLY, ISOLATION, NETWORK_TIMEOUT, QUERY_TIMEOUT, CLIENT_INFO -> false;
    };
  }

  /** Sets the borrower's value. */
  abstract void write(Connection raw, @Nullable Object value) throws SQLException;

  /** Sets the value that {@link #read} returned before. */
  void restore(Connection raw, Dialect dialect, @Nullable Object initial) throws SQLException {
    write(raw, initial);
  }

  /** Whether writing it may begin a transaction if auto-commit is off. */
  boolean mayBeginTransaction() {
    return compareTo(CATALOG) >= 0;
  }

  private static int isolation(@Nullable String name) {
    return switch (String.valueOf(name)) {
      case "read uncommitted" -> Connection.TRANSACTION_READ_UNCOMMITTED;
      case "repeatable read" -> Connection.TRANSACTION_REPEATABLE_READ;
      case "serializable" -> Connection.TRANSACTION_SERIALIZABLE;
      default -> Connection.TRANSACTION_READ_COMMITTED;
    };
  }

  private static int number(@Nullable Object value) {
    return value instanceof Integer number ? number : 0;
  }
}
