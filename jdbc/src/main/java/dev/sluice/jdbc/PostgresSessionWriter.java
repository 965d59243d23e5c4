package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlEffect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Writes a state in one statement, which succeeds or fails as a whole: names and values are
 * parameters of {@code set_config}. The role is left before anything else is set, because settings
 * may need the rights of the login, and taken at the end.
 */
final class PostgresSessionWriter extends SessionWriter {
  private static final String APPLICATION_NAME = "ApplicationName";

  PostgresSessionWriter() {
    super(Dialect.POSTGRESQL);
  }

  @Override
  boolean mayBeChangedBy(String sql) {
    return SqlEffect.contains(sql, 0, "SET_CONFIG");
  }

  @Override
  @Nullable String lack(SessionPart part, List<String> value) {
    return switch (part.kind()) {
      case ROLE, SCHEMA -> null;
      case CATALOG -> "PostgreSQL cannot change the database of a session; use withSchema";
      case VARIABLE ->
          part.name().startsWith("@")
              ? "PostgreSQL has no variable " + part.name() + "; use a name such as app.tenant"
              : null;
      case CLIENT_INFO ->
          part.name().equals(APPLICATION_NAME)
              ? null
              : "PostgreSQL's only client info is ApplicationName; use withVariable";
    };
  }

  /** Reads the role too, so that a state in doubt never leaves one behind. */
  @Override
  void readInitial(
      Connection raw,
      Set<SessionPart> unread,
      boolean first,
      Map<SessionPart, @Nullable Object> learnt)
      throws SQLException {
    List<SessionPart> parts = new ArrayList<>(unread);
    if (first && !unread.contains(SessionPart.ROLE)) {
      parts.add(SessionPart.ROLE);
    }
    if (parts.isEmpty()) {
      return;
    }
    StringJoiner sql = new StringJoiner(", ", "SELECT ", "");
    parts.forEach(part -> sql.add("pg_catalog.current_setting(?, true)"));
    try (PreparedStatement statement = raw.prepareStatement(sql.toString())) {
      for (int i = 0; i < parts.size(); i++) {
        statement.setString(i + 1, setting(parts.get(i)));
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        for (int i = 0; i < parts.size(); i++) {
          learnt.put(parts.get(i), row.getString(i + 1));
        }
      }
    }
  }

  private static String setting(SessionPart part) {
    return switch (part.kind()) {
      case ROLE -> "role";
      case SCHEMA -> "search_path";
      case CLIENT_INFO -> "application_name";
      case VARIABLE, CATALOG -> part.name();
    };
  }

  @Override
  void write(
      Connection raw,
      Map<SessionPart, @Nullable Object> undone,
      Map<SessionPart, List<String>> news,
      @Nullable String role,
      Map<SessionPart, @Nullable Object> initial)
      throws SQLException {
    List<@Nullable String> pairs = new ArrayList<>();
    add(pairs, SessionPart.ROLE, text(initial.get(SessionPart.ROLE)));
    undone.forEach((part, value) -> addUnlessRole(pairs, part, text(value)));
    news.forEach((part, value) -> addUnlessRole(pairs, part, text(part, value)));
    if (role != null) {
      add(pairs, SessionPart.ROLE, role);
    }
    execute(raw, pairs);
  }

  private static void addUnlessRole(
      List<@Nullable String> pairs, SessionPart part, @Nullable String value) {
    if (!part.equals(SessionPart.ROLE)) {
      add(pairs, part, value);
    }
  }

  private static void add(List<@Nullable String> pairs, SessionPart part, @Nullable String value) {
    pairs.add(setting(part));
    pairs.add(value);
  }

  private static @Nullable String text(@Nullable Object initial) {
    return initial instanceof Properties info
        ? Objects.requireNonNullElse(info.getProperty(APPLICATION_NAME), "")
        : (String) initial;
  }

  private static String text(SessionPart part, List<String> value) {
    if (!part.equals(SessionPart.SCHEMA)) {
      return value.get(0);
    }
    StringJoiner path = new StringJoiner(", ");
    value.forEach(schema -> path.add(Identifiers.quoted(schema, '"')));
    return path.toString();
  }

  /** A value of null sets what the session began with. */
  private static void execute(Connection raw, List<@Nullable String> pairs) throws SQLException {
    StringJoiner sql = new StringJoiner(", ", "SELECT ", "");
    for (int i = 0; i < pairs.size(); i += 2) {
      sql.add("pg_catalog.set_config(?, ?, false)");
    }
    try (PreparedStatement statement = raw.prepareStatement(sql.toString())) {
      for (int i = 0; i < pairs.size(); i++) {
        statement.setString(i + 1, pairs.get(i));
      }
      statement.execute();
    }
  }
}
