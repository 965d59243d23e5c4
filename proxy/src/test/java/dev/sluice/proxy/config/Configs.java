package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Configurations for tests. */
final class Configs {
  static final Path INI = Path.of("pgbouncer.ini");

  /** The files of the documentation's examples. */
  static final Path EXAMPLES =
      Path.of("src/test/resources/dev/sluice/proxy/config").toAbsolutePath();

  private Configs() {}

  static ProxyConfig of(String... lines) throws ConfigException {
    return ProxyConfig.of(text(lines), INI);
  }

  /** Loads what the folder has as pgbouncer.ini, with the folder as the working directory. */
  static ProxyConfig load(Path folder) throws ConfigException {
    return ProxyConfig.load(INI, new DiskFiles(folder));
  }

  static Path write(Path folder, String name, String... lines) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text(lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The problems of a text, each with its place. */
  static List<String> problems(String... lines) {
    return problems(catchThrowableOfType(ConfigException.class, () -> of(lines)));
  }

  static List<String> problemsOf(Path folder) {
    return problems(catchThrowableOfType(ConfigException.class, () -> load(folder)));
  }

  private static List<String> problems(ConfigException e) {
    return e == null
        ? List.of()
        : e.problems().stream().map(ConfigException.Problem::toString).toList();
  }

  private static String text(String... lines) {
    return String.join("\n", lines) + "\n";
  }
}
