package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The command as a module path sees it. */
final class CliModuleTest {
  private static final String MODULE = "dev.sluice.cli";

  @Test
  void resolvesByNameWithThePoolAndTheEmbeddedServers() {
    Configuration jdk = ModuleLayer.boot().configuration();

    Configuration resolved = jdk.resolve(classPath(), ModuleFinder.of(), Set.of(MODULE));

    assertThat(resolved.modules())
        .extracting(ResolvedModule::name)
        .filteredOn(name -> name.startsWith("dev.sluice"))
        .containsExactlyInAnyOrder(
            MODULE, "dev.sluice.jdbc", "dev.sluice.pool", "dev.sluice.embedded");
  }

  private static ModuleFinder classPath() {
    return ModuleFinder.of(
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.contains("test-classes"))
            .map(Path::of)
            .toArray(Path[]::new));
  }
}
