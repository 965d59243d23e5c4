package dev.sluice.proxy.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code sluice.toml} says. Immutable; thread-safe.
 *
 * @param metricsAddress where HTTP serves metrics and health; empty: off
 * @param overloadTarget a wait that is always acceptable; zero: no overload control
 * @param overloadInterval how long the shortest wait may stay above the target
 * @param maxWaiting clients that may wait in one pool; zero: no limit
 * @param reportTransaction how long a transaction may last before the log names its client; zero:
 *     off
 * @param reportIdleTransaction how long a client may do nothing in a transaction before the log
 *     names it; zero: off
 * @param sqlPrepare whether statements of SQL's PREPARE follow their client
 * @param listen whether clients in transaction mode may listen
 * @param pin whether a server stays with a client that left something in the session
 * @param users what counts for single users
 */
public record SluiceSettings(
    Optional<InetSocketAddress> metricsAddress,
    Duration overloadTarget,
    Duration overloadInterval,
    int maxWaiting,
    Duration reportTransaction,
    Duration reportIdleTransaction,
    boolean sqlPrepare,
    boolean listen,
    boolean pin,
    Map<String, SluiceUser> users) {
  /** The name of the file beside the ini file. */
  public static final String FILE = "sluice.toml";

  /** Without a file. */
  public static final SluiceSettings NONE =
      new SluiceSettings(
          Optional.empty(),
          Duration.ZERO,
          Duration.ofSeconds(2),
          0,
          Duration.ZERO,
          Duration.ZERO,
          false,
          false,
          false,
          Map.of());

  /** Keeps a copy of the users. */
  public SluiceSettings {
    users = Map.copyOf(users);
  }

  /**
   * Reads a file. Blocks while it reads.
   *
   * @throws ConfigException with all problems, if there are any
   */
  public static SluiceSettings load(Path file) throws ConfigException {
    return SluiceToml.load(file, DiskFiles.ofProcess());
  }

  /** Returns the keys, the values and the defaults, as the console shows them. */
  public List<ConfigRow> rows() {
    List<ConfigRow> rows = new ArrayList<>();
    for (SluiceSetting setting : SluiceSetting.values()) {
      boolean changes = setting.counts() != SluiceSetting.Counts.AT_START;
      String fallback = setting.defaultText();
      if (setting == SluiceSetting.PRIORITY || setting == SluiceSetting.SHEDDABLE) {
        new TreeMap<>(users)
            .forEach(
                (name, user) ->
                    rows.add(
                        new ConfigRow(
                            setting.key().replace("NAME", name),
                            setting == SluiceSetting.PRIORITY
                                ? "" + user.priority()
                                : "" + user.sheddable(),
                            fallback,
                            changes)));
      } else {
        rows.add(new ConfigRow(setting.key(), shown(setting), fallback, changes));
      }
    }
    return rows;
  }

  private String shown(SluiceSetting setting) {
    return switch (setting) {
      case METRICS_ADDRESS ->
          metricsAddress.map(at -> at.getHostString() + ":" + at.getPort()).orElse("off");
      case OVERLOAD_TARGET -> overloadTarget.isZero() ? "off" : Numbers.show(overloadTarget);
      case OVERLOAD_INTERVAL -> Numbers.show(overloadInterval);
      case OVERLOAD_MAX_WAITING -> "" + maxWaiting;
      case REPORT_TRANSACTION -> Numbers.show(reportTransaction);
      case REPORT_IDLE_TRANSACTION -> Numbers.show(reportIdleTransaction);
      case SQL_PREPARE -> "" + sqlPrepare;
      case LISTEN -> "" + listen;
      case PIN -> "" + pin;
      case PRIORITY, SHEDDABLE -> throw new IllegalArgumentException(setting + " has no one value");
    };
  }
}
