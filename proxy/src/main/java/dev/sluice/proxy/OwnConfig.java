package dev.sluice.proxy;

import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.SluiceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code sluice.toml} says now, and where it is. Thread-safe. */
final class OwnConfig {
  /** Without a file. */
  static final OwnConfig NONE = new OwnConfig(Optional.empty(), SluiceSettings.NONE);

  private final Optional<Path> file;
  private volatile SluiceSettings settings;

  private OwnConfig(Optional<Path> file, SluiceSettings settings) {
    this.file = file;
    this.settings = settings;
  }

  /**
   * Reads the file that was named, else the one beside the ini file if there is one.
   *
   * @throws ConfigException if it cannot be used, or the file that was named is missing
   */
  static OwnConfig load(Optional<Path> named, Optional<Path> ini) throws ConfigException {
    Optional<Path> file =
        named.or(() -> ini.map(i -> i.resolveSibling(SluiceSettings.FILE)).filter(Files::exists));
    return file.isEmpty() ? NONE : new OwnConfig(file, SluiceSettings.load(file.get()));
  }

  /** Without a file, but with these settings. */
  static OwnConfig of(SluiceSettings settings) {
    return new OwnConfig(Optional.empty(), settings);
  }

  SluiceSettings settings() {
    return settings;
  }

  /** Reads the file again, and changes nothing. */
  SluiceSettings newer() throws ConfigException {
    return file.isPresent() ? SluiceSettings.load(file.get()) : settings;
  }

  void settings(SluiceSettings newer) {
    settings = newer;
  }
}
