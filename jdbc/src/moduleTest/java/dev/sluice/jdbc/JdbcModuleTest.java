package dev.sluice.jdbc;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.PoolConfig;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The data source as a user's module path sees it; all other tests run on the class path. */
final class JdbcModuleTest {
  private static final String MODULE = "dev.sluice.jdbc";

  @Test
  void resolvesByNameWithThePoolAndTheJdkAlone() throws Exception {
    Configuration jdk = ModuleLayer.boot().configuration();

    Configuration resolved = jdk.resolve(modules(), ModuleFinder.of(), Set.of(MODULE));

    assertThat(resolved.modules())
        .extracting(ResolvedModule::name)
        .containsExactlyInAnyOrder(MODULE, "dev.sluice.pool");
  }

  @Test
  void exportsThePublicPackageAlone() throws Exception {
    ModuleDescriptor descriptor = modules().find(MODULE).orElseThrow().descriptor();

    Set<String> exported =
        descriptor.exports().stream()
            .filter(e -> !e.isQualified())
            .map(Exports::source)
            .collect(toSet());

    assertThat(exported).containsExactly("dev.sluice.jdbc");
  }

  private static ModuleFinder modules() throws Exception {
    return ModuleFinder.of(
        locationOf(Class.forName("dev.sluice.jdbc.package-info")), locationOf(PoolConfig.class));
  }

  private static Path locationOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
