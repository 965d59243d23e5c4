package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A part of a session's state that a borrower may change and the pool puts back, in the order in
 * which that is safe: what must not happen inside a transaction comes before what may begin one.
 * Auto-commit is not among them; it decides when the others can be written.
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

  /** Noted only where the statements of a connection share it. */
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

    // A copy, or the next borrower's changes would become the original.
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

    // MariaDB's driver keeps what it is not told about, and takes "" for nothing but not null.
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

  /** Its bit among those of {@link PhysicalConnection}, none of which is below the eighth. */
  final int bit;

  SessionProperty(int bit) {
    this.bit = bit;
  }

  /** All of them, in the order in which they are put back; not to be written to. */
  static SessionProperty[] all() {
    return VALUES;
  }

  /** Asks the driver; for some properties and drivers a round trip. */
  abstract @Nullable Object read(Connection raw, Dialect dialect) throws SQLException;

  /** Asks the server how the session began, where it remembers that. */
  @Nullable Object readInitial(Connection raw, Dialect dialect) throws SQLException {
    return read(raw, dialect);
  }

  /** Whether SQL may change what {@link #read} would answer next. */
  boolean mayBeChangedBySql(Dialect dialect) {
    return switch (this) {
      case READ_ONLY, ISOLATION, SCHEMA, CLIENT_INFO -> true;
      case CATALOG -> dialect != Dialect.POSTGRESQL; // there it is the database, for ever
      case QUERY_TIMEOUT -> dialect.sharesQueryTimeout();
      case HOLDABILITY, NETWORK_TIMEOUT, TYPE_MAP -> false;
    };
  }

  /** Tells the driver what the borrower wants. */
  abstract void write(Connection raw, @Nullable Object value) throws SQLException;

  /** Tells the driver what {@link #read} said before. */
  void restore(Connection raw, Dialect dialect, @Nullable Object initial) throws SQLException {
    write(raw, initial);
  }

  /** Whether writing it may begin a transaction where auto-commit is off. */
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
