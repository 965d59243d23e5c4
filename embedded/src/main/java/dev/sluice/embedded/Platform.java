package dev.sluice.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The operating system and processor that this JVM runs on, in the words of the binaries' names.
 */
record Platform(String system, String processor, boolean musl) {

  static final Platform CURRENT = detect();

  private static Platform detect() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String system = name.startsWith("mac") ? "darwin" : name.startsWith("win") ? "windows" : name;
    return new Platform(system, processor(System.getProperty("os.arch", "")), usesMusl());
  }

  private static String processor(String architecture) {
    return switch (architecture) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64" -> "arm_64";
      default -> architecture;
    };
  }

  /** Alpine and its kin: their C library cannot load what was linked against glibc. */
  private static boolean usesMusl() {
    try (Stream<Path> entries = Files.list(Path.of("/lib"))) {
      return entries.anyMatch(p -> p.getFileName().toString().startsWith("ld-musl-"));
    } catch (IOException e) {
      return false; // no /lib: no Linux
    }
  }

  boolean isPosix() {
    return !system.equals("windows");
  }

  /** The resource that holds PostgreSQL for this platform. */
  String postgresArchive() {
    return "postgres-" + system + "-" + processor + (musl ? "-alpine_linux" : "") + ".txz";
  }

  @Override
  public String toString() {
    return system + " " + processor + (musl ? " (musl)" : "");
  }
}
