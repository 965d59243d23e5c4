package dev.sluice.proxy.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The access rules of {@code auth_hba_file}. The first rule that matches decides; if none does, the
 * client is rejected. Immutable; thread-safe.
 */
public final class HbaRules {
  /** No rules: all clients are rejected. */
  static final HbaRules NONE = new HbaRules(List.of());

  /** The kind of connections that a rule is for. */
  enum Type {
    LOCAL,
    HOST,
    HOSTSSL,
    HOSTNOSSL;

    boolean matches(ConnectionKind kind) {
      return switch (this) {
        case LOCAL -> kind == ConnectionKind.LOCAL;
        case HOST -> kind != ConnectionKind.LOCAL;
        case HOSTSSL -> kind == ConnectionKind.TCP_TLS;
        case HOSTNOSSL -> kind == ConnectionKind.TCP_PLAIN;
      };
    }
  }

  /** A line of the file. */
  record Line(Type type, HbaNames databases, HbaNames users, HbaAddress address, HbaRule rule) {}

  private final List<Line> lines;

  HbaRules(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /**
   * Returns the rule for a client; empty: the client is rejected.
   *
   * @param kind how the client is connected
   * @param address the client's address; null for a Unix socket
   * @param database the database that the client asks for
   * @param user the user that the client wants to be
   * @param physicalReplication whether the client wants physical replication, which has no
   *     database; logical replication is as any other use of its database
   */
  public Optional<HbaRule> match(
      ConnectionKind kind,
      @Nullable InetAddress address,
      String database,
      String user,
      boolean physicalReplication) {
    byte[] client = address == null ? new byte[0] : address.getAddress();
    for (Line line : lines) {
      if (line.type.matches(kind)
          && (kind == ConnectionKind.LOCAL || line.address.matches(client))
          && (physicalReplication
              ? line.databases.matchesReplication()
              : line.databases.matches(database, user))
          && line.users.matches(user, user)) {
        return Optional.of(line.rule);
      }
    }
    return Optional.empty();
  }

  /** Returns the number of rules. */
  public int size() {
    return lines.size();
  }

  List<Line> lines() {
    return lines;
  }
}
