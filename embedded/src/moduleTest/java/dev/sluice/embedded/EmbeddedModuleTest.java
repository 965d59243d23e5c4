package dev.sluice.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The embedded servers as a user's module path sees them. */
final class EmbeddedModuleTest {
  private static final String MODULE = "dev.sluice.embedded";

  @Test
  void resolvesByNameWithNothingOfOursBesideIt() {
    Configuration jdk = ModuleLayer.boot().configuration();

    Configuration resolved = jdk.resolve(classPath(), ModuleFinder.of(), Set.of(MODULE));

    assertThat(resolved.modules())
        .extracting(ResolvedModule::name)
        .contains(MODULE, "org.apache.commons.compress", "org.tukaani.xz")
        .filteredOn(name -> name.startsWith("dev.sluice"))
        .containsExactly(MODULE);
  }

  @Test
  void exportsItsOnePackage() {
    assertThat(classPath().find(MODULE).orElseThrow().descriptor().exports())
        .singleElement()
        .satisfies(e -> assertThat(e.source()).isEqualTo("dev.sluice.embedded"));
  }

  private static ModuleFinder classPath() {
    return ModuleFinder.of(
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.contains("test-classes"))
            .map(Path::of)
            .toArray(Path[]::new));
  }
}
