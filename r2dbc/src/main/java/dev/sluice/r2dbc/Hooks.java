package dev.sluice.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Lifecycle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * What runs around a lease: the connection's own {@link Lifecycle}, and the functions of the
 * configuration. A connection without a lifecycle and a pool without functions cost nothing.
 */
final class Hooks {
  private final @Nullable Function<? super Connection, ? extends Publisher<Void>> postAllocate;
  private final @Nullable Function<? super Connection, ? extends Publisher<Void>> preRelease;

  Hooks(
      @Nullable Function<? super Connection, ? extends Publisher<Void>> postAllocate,
      @Nullable Function<? super Connection, ? extends Publisher<Void>> preRelease) {
    this.postAllocate = postAllocate;
    this.preRelease = preRelease;
  }

  /** Whether anything runs around the leases of this connection. */
  boolean any(Connection connection) {
    return postAllocate != null || preRelease != null || connection instanceof Lifecycle;
  }

  /** What runs before the borrower gets the connection: its own lifecycle first. */
  List<Publisher<Void>> before(Connection connection) {
    if (postAllocate == null && !(connection instanceof Lifecycle)) {
      return List.of();
    }
    List<Publisher<Void>> steps = new ArrayList<>(2);
    if (connection instanceof Lifecycle lifecycle) {
      steps.add(subscriber -> Signals.pass(lifecycle::postAllocate, subscriber));
    }
    if (postAllocate != null) {
      steps.add(subscriber -> Signals.pass(() -> postAllocate.apply(connection), subscriber));
    }
    return steps;
  }

  /** What runs after the borrower has closed the connection: its own lifecycle last. */
  List<Publisher<Void>> after(Connection connection) {
    if (preRelease == null && !(connection instanceof Lifecycle)) {
      return List.of();
    }
    List<Publisher<Void>> steps = new ArrayList<>(2);
    if (preRelease != null) {
      steps.add(subscriber -> Signals.pass(() -> preRelease.apply(connection), subscriber));
    }
    if (connection instanceof Lifecycle lifecycle) {
      steps.add(subscriber -> Signals.pass(lifecycle::preRelease, subscriber));
    }
    return steps;
  }
}
