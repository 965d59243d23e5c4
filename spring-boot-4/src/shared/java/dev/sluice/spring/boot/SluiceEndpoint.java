package dev.sluice.spring.boot;

import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.SizingAdvice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** Shows the pools, and changes a running one. */
@Endpoint(id = "sluice")
final class SluiceEndpoint {
  private final List<PoolDirectory> directories;

  SluiceEndpoint(List<PoolDirectory> directories) {
    this.directories = List.copyOf(directories);
  }

  /** The pools of all doors. Of two with the same name, the second has a number. */
  private Map<String, OperatedPool> byName() {
    Map<String, OperatedPool> all = new LinkedHashMap<>();
    for (PoolDirectory directory : directories) {
      directory
          .operated()
          .forEach(
              (name, pool) -> {
                String free = name;
                for (int n = 2; all.containsKey(free); n++) {
                  free = name + "-" + n;
                }
                all.put(free, pool);
              });
    }
    return all;
  }

  /** All pools by name, each in a few figures. */
  @ReadOperation
  Map<String, Summary> pools() {
    Map<String, Summary> all = new LinkedHashMap<>();
    byName().forEach((name, pool) -> all.put(name, Summary.of(pool)));
    return all;
  }

  /** One pool, with its leases and the advice on its size; nothing if there is none of the name. */
  @ReadOperation
  @Nullable Details pool(@Selector String pool) {
    OperatedPool found = byName().get(pool);
    return found == null ? null : Details.of(found);
  }

  /**
   * Changes a pool: {@code resize} (with {@code maxSize}, {@code minSize}, or both), {@code
   * refresh}, {@code suspend} or {@code resume}.
   */
  @WriteOperation
  @SuppressWarnings("deprecation") // Boot 3 knows optional parameters by Spring's annotation
  Summary change(
      @Selector String pool,
      @Selector String operation,
      @org.springframework.lang.Nullable @Nullable Integer minSize,
      @org.springframework.lang.Nullable @Nullable Integer maxSize) {
    OperatedPool found = byName().get(pool);
    if (found == null) {
      throw refused("there is no pool '" + pool + "', but " + byName().keySet(), "pool");
    }
    switch (operation.toLowerCase(Locale.ROOT)) {
      case "resize" -> resize(found, minSize, maxSize);
      case "refresh" -> found.refresh();
      case "suspend" -> found.suspend();
      case "resume" -> found.resume();
      default ->
          throw refused(operation + " is none of resize, refresh, suspend and resume", "operation");
    }
    return Summary.of(found);
  }

  private static void resize(OperatedPool pool, @Nullable Integer min, @Nullable Integer max) {
    if (min == null && max == null) {
      throw refused("resize needs maxSize, minSize, or both", "maxSize");
    }
    int newMax = max == null ? pool.config().maxSize() : max;
    int newMin = min == null ? Math.min(pool.config().minSize(), newMax) : min;
    try {
      pool.resize(newMin, newMax);
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()), "maxSize");
    }
  }

  private static InvalidEndpointRequestException refused(String message, String parameter) {
    return new InvalidEndpointRequestException(message, "Invalid " + parameter);
  }

  /**
   * A pool in a few figures.
   *
   * @param started whether it was used yet
   * @param load lent connections and waiting callers, divided by the maximum
   */
  record Summary(
      boolean started, int active, int idle, int waiting, int minSize, int maxSize, double load) {
    static Summary of(OperatedPool pool) {
      PoolStats stats = pool.stats();
      boolean started = pool.isStarted();
      return new Summary(
          started,
          stats.active(),
          stats.idle(),
          stats.waiting(),
          stats.minSize(),
          stats.maxSize(),
          started ? pool.load() : 0);
    }
  }

  /**
   * A pool in full.
   *
   * @param advice nothing before the pool's first use
   */
  record Details(PoolStats stats, List<Lease> leases, @Nullable SizingAdvice advice) {
    Details {
      leases = List.copyOf(leases);
    }

    static Details of(OperatedPool pool) {
      boolean started = pool.isStarted();
      return new Details(
          pool.stats(),
          started ? pool.leases().stream().map(Lease::of).toList() : List.of(),
          started ? pool.advice() : null);
    }
  }

  /**
   * A connection in use.
   *
   * @param tag the borrower's name for its work, empty if none
   * @param doing what it last ran
   * @param heldMillis for how long it has been in use
   * @param stack where the borrower's thread is; empty if it is not known
   */
  record Lease(
      long id,
      @Nullable String thread,
      String tag,
      String doing,
      long heldMillis,
      List<String> stack) {
    Lease {
      stack = List.copyOf(stack);
    }

    static Lease of(LeaseInfo lease) {
      return new Lease(
          lease.id(),
          lease.thread(),
          lease.tag(),
          lease.doing(),
          lease.held().toMillis(),
          lease.stack().stream().map(StackTraceElement::toString).toList());
    }
  }
}
