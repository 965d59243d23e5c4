package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps the tables of docs/configuration.md in step with the options. */
class ConfigurationDocTest {
  private static final String WRITE = "sluice.docs.write";
  private static final String COMMAND =
      "mvn -q -pl jdbc -am test -Dtest=ConfigurationDocTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -D"
          + WRITE
          + "=true";

  @Test
  void thePageForMigrationShowsThePeersKeysAsTheyAre() throws IOException {
    Path page = Path.of("..", "docs", "migrating.md");
    String found = Files.readString(page).replace("\r\n", "\n");
    String renewed = OptionTables.withKeys(found);
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(page, renewed);
      found = renewed;
    }

    assertThat(found).as("docs/migrating.md is stale; renew it: %s", COMMAND).isEqualTo(renewed);
  }

  @Test
  void thePageShowsTheOptionsAsTheyAre() throws IOException {
    Path page = Path.of("..", "docs", "configuration.md");
    String found = Files.readString(page).replace("\r\n", "\n");
    String renewed = OptionTables.renewed(found);
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(page, renewed);
      found = renewed;
    }

    assertThat(found)
        .as("docs/configuration.md is stale; renew it: %s", COMMAND)
        .isEqualTo(renewed);
    assertThat(found).contains(COMMAND);
  }
}
