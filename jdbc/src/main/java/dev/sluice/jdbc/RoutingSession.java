package dev.sluice.jdbc;

import dev.sluice.jdbc.RoutedConnection.Route;
import java.util.Objects;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * A view of a {@link RoutingDataSource} whose reads see everything that was committed through it
 * before. Keep one for each user, conversation or request. Thread-safe; it has no life of its own.
 *
 * <p>What counts is each connection that this session has lent for writing, from its first
 * statement to its {@code close}. A read that begins after the commit but before that close goes to
 * the primary. {@link ReadYourWrites} says how later reads are served. If neither a replica nor the
 * primary has the data, the read waits up to the acquire timeout, and then fails rather than miss a
 * commit.
 */
public final class RoutingSession extends RoutedDataSource {
  private final DataSource primary;
  private final DataSource replicas;

  RoutingSession(Routes routes, WriteMark mark) {
    super(routes, Route.BY_READ_ONLY, mark);
    this.primary = new OneRoute(this, Route.PRIMARY, ", primary");
    this.replicas = new OneRoute(this, Route.REPLICAS, ", replicas");
  }

  /** This session's connections to the primary: {@link RoutingDataSource#primary()}. */
  public DataSource primary() {
    return primary;
  }

  /** This session's connections for reading: {@link RoutingDataSource#replicas()}. */
  public DataSource replicas() {
    return replicas;
  }

  /**
   * The position that a read of this session must see, to continue the session in another process
   * by {@link RoutingDataSource#session(long)}. Empty if nothing was written.
   *
   * @throws IllegalStateException if the position of a write is unknown: a connection that may have
   *     written is still out, its server did not tell, or the configuration reads by window
   */
  public OptionalLong position() {
    WriteMark known = Objects.requireNonNull(mark);
    if (known.isUnproven()) {
      throw new IllegalStateException(
          "the position of what this session has written is unknown: close its connections, and"
              + " use ReadYourWrites.byPosition");
    }
    long position = known.position();
    return position == Observation.UNKNOWN ? OptionalLong.empty() : OptionalLong.of(position);
  }
}
