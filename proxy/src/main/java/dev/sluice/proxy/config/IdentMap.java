package dev.sluice.proxy.config;

import java.util.List;
import java.util.Optional;

/**
 * A user name map of {@code auth_ident_file}: which database users a system user, or the name in a
 * certificate, may be. Immutable; thread-safe.
 *
 * @param name the map's name
 * @param mappings its lines, in the order of the file
 */
public record IdentMap(String name, List<Mapping> mappings) {
  /**
   * One line of a map.
   *
   * @param systemUser the system user, or the common name of a certificate
   * @param databaseUser the database user; empty: every one
   */
  public record Mapping(String systemUser, Optional<String> databaseUser) {}

  /** Copies the list. */
  public IdentMap {
    mappings = List.copyOf(mappings);
  }

  /** Returns whether the system user may log in as the database user. */
  public boolean allows(String systemUser, String databaseUser) {
    for (Mapping mapping : mappings) {
      if (mapping.systemUser().equals(systemUser)
          && mapping.databaseUser().map(databaseUser::equals).orElse(true)) {
        return true;
      }
    }
    return false;
  }
}
