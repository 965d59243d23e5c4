package dev.sluice.proxy.config;

import static dev.sluice.proxy.config.ConfigFuzz.require;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Access rules and user name maps: each line is a rule or a problem with its place, and the rule
 * that decides is the first one that decides alone.
 */
final class HbaFuzz {
  private static final Path FILE = Path.of("f.conf");
  private static final List<InetAddress> ADDRESSES =
      List.of(ip(10, 1, 2, 3), ip(127, 0, 0, 1), v6());

  private HbaFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(ConfigFuzz.text(data));
  }

  static void check(String text) {
    Report report = new Report();
    Map<String, IdentMap> maps = IdentReader.read(text, FILE.toString(), report);
    maps.values().forEach(map -> map.allows("ann", "app"));
    HbaRules rules = new HbaReader(FILE, ConfigFuzz.files("ann, bob"), maps, report).read(text);
    report.problems().forEach(ConfigFuzz::problem);
    report.problems().forEach(problem -> ConfigFuzz.inside(problem.place(), FILE, text));
    ConfigFuzz.warnings(report.warnings());
    decides(rules, ConnectionKind.LOCAL, null);
    for (InetAddress address : ADDRESSES) {
      decides(rules, ConnectionKind.TCP_PLAIN, address);
      decides(rules, ConnectionKind.TCP_TLS, address);
    }
  }

  private static void decides(HbaRules rules, ConnectionKind kind, @Nullable InetAddress address) {
    for (boolean replication : new boolean[] {false, true}) {
      Optional<HbaRule> first = rules.match(kind, address, "app", "ann", replication);
      for (HbaRules.Line line : rules.lines()) {
        Optional<HbaRule> alone =
            new HbaRules(List.of(line)).match(kind, address, "app", "ann", replication);
        if (alone.isPresent()) {
          require(first.equals(alone), "the first rule that matches");
          break;
        }
        require(!first.equals(Optional.of(line.rule())), "a rule that does not match alone");
      }
    }
  }

  private static InetAddress ip(int... bytes) {
    byte[] address = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      address[i] = (byte) bytes[i];
    }
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static InetAddress v6() {
    return ip(0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7);
  }
}
