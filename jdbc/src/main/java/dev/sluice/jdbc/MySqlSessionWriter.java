package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a state on MariaDB and MySQL: the role first, because it may be needed to use the
 * database, then the database, then all variables in one statement.
 */
final class MySqlSessionWriter extends SessionWriter {
  private final Dialect dialect;

  MySqlSessionWriter(Dialect dialect) {
    super(dialect);
    this.dialect = dialect;
  }

  @Override
  boolean mayBeChangedBy(String sql) {
    return sql.indexOf('@') >= 0;
  }

  /** A schema is a database. */
  @Override
  @Nullable SessionProperty property(SessionPart part) {
    return part.equals(SessionPart.SCHEMA) ? SessionProperty.CATALOG : super.property(part);
  }

  @Override
  @Nullable String lack(SessionPart part, List<String> value) {
    return switch (part.kind()) {
      case ROLE, VARIABLE -> null;
      default -> super.lack(part, value);
    };
  }

  @Override
  void readInitial(
      Connection raw,
      Set<SessionPart> unread,
      boolean first,
      Map<SessionPart, @Nullable Object> learnt)
      throws SQLException {
    requireWayBack(learnt);
    List<SessionPart> variables = new ArrayList<>(unread);
    if (variables.remove(SessionPart.ROLE)) {
      learnt.put(SessionPart.ROLE, role(raw));
    }
    if (variables.isEmpty()) {
      return;
    }
    StringJoiner sql = new StringJoiner(", ", "SELECT ", "");
    variables.forEach(part -> sql.add(isUser(part) ? user(part) : "@@SESSION." + part.name()));
    try (PreparedStatement statement = raw.prepareStatement(sql.toString());
        ResultSet row = statement.executeQuery()) {
      row.next();
      for (int i = 0; i < variables.size(); i++) {
        learnt.put(variables.get(i), row.getString(i + 1));
      }
    }
  }

  /** There is no way back from a selected database to none. */
  private static void requireWayBack(Map<SessionPart, @Nullable Object> learnt)
      throws SQLException {
    for (SessionPart part : List.of(SessionPart.SCHEMA, SessionPart.CATALOG)) {
      if (learnt.containsKey(part) && learnt.get(part) == null) {
        throw new SQLFeatureNotSupportedException(
            "a session state cannot choose a database if the pool's URL names none, because there is"
                + " no way back to none; name one in the URL",
            SqlStates.NOT_SUPPORTED);
      }
    }
  }

  private String role(Connection raw) throws SQLException {
    String role = dialect.currentRole(raw);
    if (role == null) {
      throw new SQLFeatureNotSupportedException(
          "this server is too old for roles", SqlStates.NOT_SUPPORTED);
    }
    return role;
  }

  private static boolean isUser(SessionPart part) {
    return part.name().startsWith("@");
  }

  private static String user(SessionPart part) {
    return '@' + Identifiers.quoted(part.name().substring(1), '`');
  }

  @Override
  void write(
      Connection raw,
      Map<SessionPart, @Nullable Object> undone,
      Map<SessionPart, List<String>> news,
      @Nullable String role,
      Map<SessionPart, @Nullable Object> initial)
      throws SQLException {
    Map<SessionPart, @Nullable String> variables = new TreeMap<>();
    for (Map.Entry<SessionPart, @Nullable Object> part : undone.entrySet()) {
      switch (part.getKey().kind()) {
        case ROLE -> ServerQuery.execute(raw, "SET ROLE " + part.getValue());
        case VARIABLE -> variables.put(part.getKey(), (String) part.getValue());
        default -> undo(raw, part.getKey(), part.getValue());
      }
    }
    for (Map.Entry<SessionPart, List<String>> part : news.entrySet()) {
      String value = part.getValue().get(0);
      switch (part.getKey().kind()) {
        case ROLE -> ServerQuery.execute(raw, "SET ROLE " + Identifiers.quoted(value, '`'));
        case VARIABLE -> variables.put(part.getKey(), value);
        default -> set(raw, part.getKey(), value);
      }
    }
    setVariables(raw, variables);
  }

  private static void setVariables(Connection raw, Map<SessionPart, @Nullable String> variables)
      throws SQLException {
    if (variables.isEmpty()) {
      return;
    }
    StringJoiner sql = new StringJoiner(", ", "SET ", "");
    variables
        .keySet()
        .forEach(part -> sql.add((isUser(part) ? user(part) : "SESSION " + part.name()) + " = ?"));
    try (PreparedStatement statement = raw.prepareStatement(sql.toString())) {
      int at = 0;
      for (Map.Entry<SessionPart, @Nullable String> variable : variables.entrySet()) {
        bind(statement, ++at, isUser(variable.getKey()), variable.getValue());
      }
      statement.execute();
    }
  }

  /** Settings that are numbers must not be set as text. */
  private static void bind(
      PreparedStatement statement, int at, boolean user, @Nullable String value)
      throws SQLException {
    if (!user && value != null && isNumber(value)) {
      statement.setBigDecimal(at, new BigDecimal(value));
    } else {
      statement.setString(at, value);
    }
  }

  private static boolean isNumber(String value) {
    int digits = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c != '.' && !(c == '-' && i == 0)) {
        return false;
      }
    }
    return digits > 0 && value.indexOf('.') == value.lastIndexOf('.');
  }
}
