package dev.sluice.pool;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The engine as a user's module path sees it; all other tests run on the class path. */
final class PoolModuleTest {
  private static final String MODULE = "dev.sluice.pool";

  @Test
  void loadsByNameWithTheJdkAlone() throws Exception {
    ModuleLayer layer = layerOf(locationOf(PoolConfig.class));

    Class<?> loaded = layer.findLoader(MODULE).loadClass(PoolConfig.class.getName());

    assertThat(loaded.getModule().getName()).isEqualTo(MODULE);
    assertThat(loaded).isNotSameAs(PoolConfig.class);
    Object builder = loaded.getMethod("builder").invoke(null);
    assertThat(builder.getClass().getMethod("build").invoke(builder)).isInstanceOf(loaded);
  }

  @Test
  void exportsThePublicPackageAlone() throws Exception {
    ModuleLayer layer = layerOf(locationOf(PoolConfig.class));

    Set<String> exported =
        layer.findModule(MODULE).orElseThrow().getDescriptor().exports().stream()
            .filter(e -> !e.isQualified())
            .map(Exports::source)
            .collect(toSet());

    assertThat(exported).containsExactly("dev.sluice.pool");
  }

  private static ModuleLayer layerOf(Path... path) {
    ModuleLayer boot = ModuleLayer.boot();
    Configuration resolved =
        boot.configuration().resolve(ModuleFinder.of(path), ModuleFinder.of(), Set.of(MODULE));
    return boot.defineModulesWithOneLoader(resolved, ClassLoader.getPlatformClassLoader());
  }

  private static Path locationOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
