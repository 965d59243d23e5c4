package dev.sluice.jdbc;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.ResourceState;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a session should have for one lease: a role, a schema, a catalog, client info and variables,
 * for a tenant as a rule. Give it to {@link AcquireOptions#withSession}. Immutable; thread-safe.
 *
 * <p>The pool sets what differs from the session's present state before the borrower gets the
 * connection, in one round trip on PostgreSQL. It sets it on the calling thread, and for a future
 * at the first use of the connection. A connection keeps its state while it is idle, so a borrower
 * who wants the same state again finds it set. The next borrower who wants another state, or none,
 * never sees it: the pool undoes it at that lease's first use. If the borrower may have changed the
 * state by SQL, and under every reset policy but FAST and VERIFIED, a worker undoes it after the
 * return.
 *
 * <p>If a state cannot be set, {@code getConnection} fails with the server's SQLSTATE, or with
 * 0A000 and a {@link java.sql.SQLFeatureNotSupportedException} if the database has no such thing.
 *
 * <table>
 *   <caption>What each database has</caption>
 *   <tr><th></th><th>PostgreSQL</th><th>MariaDB, MySQL</th><th>others</th></tr>
 *   <tr><td>role</td><td>SET ROLE</td><td>SET ROLE</td><td>no</td></tr>
 *   <tr><td>schema</td><td>search_path, one or more</td><td>the database</td><td>setSchema</td></tr>
 *   <tr><td>catalog</td><td>no</td><td>the database</td><td>setCatalog</td></tr>
 *   <tr><td>client info</td><td>ApplicationName</td><td>setClientInfo</td><td>setClientInfo</td></tr>
 *   <tr><td>variables</td><td>settings, {@code app.tenant}</td><td>settings, {@code @tenant}</td>
 *       <td>no</td></tr>
 * </table>
 */
public final class SessionState implements ResourceState {
  /** The state that every connection of the pool has without one: nothing is set. */
  public static final SessionState NONE = new SessionState(new TreeMap<>());

  private static final int NAME_MAX = 128;

  /** Variables that the pool or the driver must know of; there are other ways to set them. */
  private static final Set<String> NO_VARIABLES =
      Set.of(
          "role",
          "session_authorization",
          "search_path",
          "application_name",
          "autocommit",
          "transaction_isolation",
          "tx_isolation",
          "transaction_read_only",
          "tx_read_only",
          "default_transaction_isolation",
          "default_transaction_read_only");

  private final Map<SessionPart, List<String>> parts;
  private final int hash;

  private SessionState(Map<SessionPart, List<String>> parts) {
    this.parts = Collections.unmodifiableMap(parts);
    this.hash = parts.hashCode();
  }

  /** Returns this state with a role, whose rights the borrower has from then on. */
  public SessionState withRole(String role) {
    return with(SessionPart.ROLE, List.of(name("role", role)));
  }

  /**
   * Returns this state with a schema.
   *
   * @param schemas names as they are, not quoted; several are PostgreSQL's search path
   */
  public SessionState withSchema(String... schemas) {
    if (schemas.length == 0) {
      throw new IllegalArgumentException("withSchema needs at least one schema");
    }
    for (String schema : schemas) {
      name("schema", schema);
    }
    return with(SessionPart.SCHEMA, List.of(schemas));
  }

  /** Returns this state with a catalog, which is the database on MariaDB and MySQL. */
  public SessionState withCatalog(String catalog) {
    return with(SessionPart.CATALOG, List.of(name("catalog", catalog)));
  }

  /** Returns this state with a property of {@link java.sql.Connection#setClientInfo}. */
  public SessionState withClientInfo(String name, String value) {
    return with(SessionPart.clientInfo(name("client info", name)), List.of(value));
  }

  /**
   * Returns this state with a variable.
   *
   * @param name a setting of the session, such as {@code app.tenant} or {@code work_mem} on
   *     PostgreSQL; with {@code @} in front a user variable of MariaDB or MySQL. Letters, digits,
   *     {@code _} and {@code .} only
   * @param value sent as a parameter, never as SQL
   * @throws IllegalArgumentException for a name that is none, and for settings that have another
   *     way: role, search path, application name, and those of transactions
   */
  public SessionState withVariable(String name, String value) {
    requireVariable(name("variable", name));
    return with(SessionPart.variable(name), List.of(value));
  }

  private SessionState with(SessionPart part, List<String> value) {
    Map<SessionPart, List<String>> more = new TreeMap<>(parts);
    more.put(part, value);
    return new SessionState(more);
  }

  private static String name(String what, String name) {
    if (name.isBlank() || name.length() > NAME_MAX || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "The name of a "
              + what
              + " must have 1 to "
              + NAME_MAX
              + " characters, none of them NUL");
    }
    return name;
  }

  private static void requireVariable(String name) {
    String plain = name.charAt(0) == '@' ? name.substring(1) : name;
    if (plain.isEmpty() || !plain.chars().allMatch(SessionState::isVariable)) {
      throw new IllegalArgumentException(
          "The name of a variable has letters, digits, _ and . only, and may begin with @; this one"
              + " has "
              + name.length()
              + " characters, others among them");
    }
    if (NO_VARIABLES.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          name
              + " is not to be set as a variable: use withRole, withSchema, withClientInfo with"
              + " ApplicationName, or the methods of Connection for transactions");
    }
  }

  private static boolean isVariable(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '.';
  }

  /** The parts that are set, in the order of {@link SessionPart}. */
  Map<SessionPart, List<String>> parts() {
    return parts;
  }

  /** The role; null for none. */
  @Nullable String role() {
    List<String> role = parts.get(SessionPart.ROLE);
    return role == null ? null : role.get(0);
  }

  boolean isNone() {
    return parts.isEmpty();
  }

  /** The state that the options ask for; {@link #NONE} if they ask for none. */
  static SessionState of(AcquireOptions options) {
    ResourceState state = options.session();
    if (state == null) {
      return NONE;
    }
    if (state instanceof SessionState ours) {
      return ours;
    }
    throw new IllegalArgumentException(
        "A connection takes a SessionState, not a " + state.getClass().getName());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SessionState that && hash == that.hash && parts.equals(that.parts);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Shows what is set; the values of variables and of client info are hidden. */
  @Override
  public String toString() {
    StringJoiner shown = new StringJoiner(", ", "SessionState[", "]");
    parts.forEach(
        (part, value) ->
            shown.add(
                switch (part.kind()) {
                  case ROLE -> "role=" + value.get(0);
                  case SCHEMA -> "schema=" + String.join(",", value);
                  case CATALOG -> "catalog=" + value.get(0);
                  case VARIABLE, CLIENT_INFO -> part.name() + "=***";
                }));
    return shown.toString();
  }
}
