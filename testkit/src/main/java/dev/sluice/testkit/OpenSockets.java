package dev.sluice.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The TCP sockets that this process holds, where the operating system shows them. */
final class OpenSockets {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final String PREFIX = "socket:[";

  private OpenSockets() {}

  /** The inodes of all, those included that are not of TCP; none where nothing is shown. */
  static Set<String> inodes() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return Set.of();
    }
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.map(OpenSockets::target)
          .filter(target -> target.startsWith(PREFIX))
          .map(target -> target.substring(PREFIX.length(), target.length() - 1))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new IllegalStateException("Cannot list " + DESCRIPTORS, e);
    }
  }

  /**
   * Those of TCP that came after {@code earlier}, by inode, with their two ends. Others, such as
   * the pair that the JVM keeps for its own closing of sockets, are left out.
   */
  static Map<String, String> since(Set<String> earlier) {
    Set<String> fresh = new HashSet<>(inodes());
    fresh.removeAll(earlier);
    Map<String, String> sockets = new TreeMap<>();
    if (!fresh.isEmpty()) { // the table is the whole machine's, and long
      sockets.putAll(ends());
      sockets.keySet().retainAll(fresh);
    }
    return sockets;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile, such as the one that lists the directory
    }
  }

  private static Map<String, String> ends() {
    Map<String, String> ends = new HashMap<>();
    for (String table : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
      try (Stream<String> lines = Files.lines(Path.of(table))) {
        lines.skip(1).map(line -> line.strip().split("\\s+")).forEach(f -> ends.put(f[9], end(f)));
      } catch (IOException e) {
        // no such table: the message says less
      }
    }
    return ends;
  }

  private static String end(String[] fields) {
    return "local port " + port(fields[1]) + ", remote port " + port(fields[2]);
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }
}
