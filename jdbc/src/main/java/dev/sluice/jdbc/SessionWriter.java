package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the parts of a {@link SessionState} by what JDBC has: schema, catalog and client info.
 * Subclasses do more. Immutable.
 */
class SessionWriter {
  private final Dialect dialect;

  SessionWriter(Dialect dialect) {
    this.dialect = dialect;
  }

  static SessionWriter of(Dialect dialect) {
    return switch (dialect) {
      case POSTGRESQL -> new PostgresSessionWriter();
      case MARIADB, MYSQL -> new MySqlSessionWriter(dialect);
      default -> new SessionWriter(dialect);
    };
  }

  /** Whether this text may change a part of the state, though it changes no setting by itself. */
  boolean mayBeChangedBy(String sql) {
    return false;
  }

  /** The property that the part is; null if JDBC has none. */
  @Nullable SessionProperty property(SessionPart part) {
    return switch (part.kind()) {
      case SCHEMA -> SessionProperty.SCHEMA;
      case CATALOG -> SessionProperty.CATALOG;
      case CLIENT_INFO -> SessionProperty.CLIENT_INFO;
      case ROLE, VARIABLE -> null;
    };
  }

  /** Refuses parts that the database does not have. */
  final void requireSupported(Map<SessionPart, List<String>> news, String pool)
      throws SQLException {
    for (Map.Entry<SessionPart, List<String>> part : news.entrySet()) {
      String lack = lack(part.getKey(), part.getValue());
      if (lack != null) {
        throw new SQLFeatureNotSupportedException(
            pool + ": this session state cannot be set: " + lack, SqlStates.NOT_SUPPORTED);
      }
    }
  }

  /** What the database lacks for this part, and what to do; null if it has it. */
  @Nullable String lack(SessionPart part, List<String> value) {
    return switch (part.kind()) {
      case ROLE -> "this database has no role that a session could take";
      case VARIABLE -> "the pool knows no variables of this database";
      case SCHEMA -> value.size() > 1 ? "only PostgreSQL has a path of several schemas" : null;
      case CATALOG, CLIENT_INFO -> null;
    };
  }

  /**
   * Reads the present values of parts that are no properties.
   *
   * @param first whether nothing was read of this session before
   * @param learnt gets them
   */
  void readInitial(
      Connection raw,
      Set<SessionPart> unread,
      boolean first,
      Map<SessionPart, @Nullable Object> learnt)
      throws SQLException {}

  /**
   * Writes values, and sets others to what they were.
   *
   * @param undone the initial values of parts that have to be undone
   * @param news values that differ from the present ones
   * @param role the role that the session has in the end; null for its initial one
   * @param initial all initial values known
   */
  void write(
      Connection raw,
      Map<SessionPart, @Nullable Object> undone,
      Map<SessionPart, List<String>> news,
      @Nullable String role,
      Map<SessionPart, @Nullable Object> initial)
      throws SQLException {
    for (Map.Entry<SessionPart, @Nullable Object> part : undone.entrySet()) {
      undo(raw, part.getKey(), part.getValue());
    }
    for (Map.Entry<SessionPart, List<String>> part : news.entrySet()) {
      set(raw, part.getKey(), part.getValue().get(0));
    }
  }

  /** Sets a property to its initial value; other parts are left alone. */
  final void undo(Connection raw, SessionPart part, @Nullable Object value) throws SQLException {
    SessionProperty property = property(part);
    if (property == SessionProperty.CLIENT_INFO) {
      String before = value == null ? null : ((Properties) value).getProperty(part.name());
      raw.setClientInfo(part.name(), before == null && dialect.tracksCatalog() ? "" : before);
    } else if (property != null) {
      property.restore(raw, dialect, value);
    }
  }

  /** Sets a property; other parts are left alone. */
  final void set(Connection raw, SessionPart part, String value) throws SQLException {
    SessionProperty property = property(part);
    if (property == SessionProperty.CLIENT_INFO) {
      raw.setClientInfo(part.name(), value);
    } else if (property != null) {
      property.write(raw, value);
    }
  }
}
