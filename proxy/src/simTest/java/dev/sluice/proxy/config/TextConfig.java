package dev.sluice.proxy.config;

import java.io.IOException;
import java.nio.file.Path;

/** A configuration whose files are texts in memory, which a reload finds changed. */
public final class TextConfig {
  private static final Path INI = Path.of("pgbouncer.ini");

  private String ini;
  private final String users;

  /** Begins with these texts; the ini file names the users' {@code users.txt}. */
  public TextConfig(String ini, String users) {
    this.ini = ini;
    this.users = users;
  }

  /** Changes the ini file. */
  public void change(String newIni) {
    ini = newIni;
  }

  /** Reads both. */
  public ProxyConfig load() throws ConfigException {
    return ProxyConfig.load(INI, this::read);
  }

  private String read(Path file) throws IOException {
    return switch (String.valueOf(file.getFileName())) {
      case "pgbouncer.ini" -> ini;
      case "users.txt" -> users;
      default -> throw new IOException("there is no such file");
    };
  }
}
