package dev.sluice.r2dbc;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.PoolConfig;
import io.r2dbc.spi.ConnectionFactoryProvider;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Provides;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

/** The reactive pool as a user's module path sees it; all other tests run on the class path. */
final class R2dbcModuleTest {
  private static final String MODULE = "dev.sluice.r2dbc";

  @Test
  void resolvesByNameWithThePoolTheSpiAndReactiveStreamsAlone() throws Exception {
    Configuration jdk = ModuleLayer.boot().configuration();

    Configuration resolved = jdk.resolve(modules(), ModuleFinder.of(), Set.of(MODULE));

    assertThat(resolved.modules())
        .extracting(ResolvedModule::name)
        .containsExactlyInAnyOrder(MODULE, "dev.sluice.pool", "r2dbc.spi", "org.reactivestreams");
  }

  @Test
  void exportsThePublicPackageAlone() throws Exception {
    Set<String> exported =
        descriptor().exports().stream()
            .filter(e -> !e.isQualified())
            .map(Exports::source)
            .collect(toSet());

    assertThat(exported).containsExactly("dev.sluice.r2dbc");
  }

  @Test
  void providesTheFactoryForUrls() throws Exception {
    assertThat(descriptor().provides())
        .singleElement()
        .extracting(Provides::service, Provides::providers)
        .containsExactly(
            ConnectionFactoryProvider.class.getName(),
            java.util.List.of(SluiceConnectionFactoryProvider.class.getName()));
  }

  private static ModuleDescriptor descriptor() throws Exception {
    return modules().find(MODULE).orElseThrow().descriptor();
  }

  private static ModuleFinder modules() throws Exception {
    return ModuleFinder.of(
        locationOf(SluiceConnectionFactory.class),
        locationOf(PoolConfig.class),
        locationOf(ConnectionFactoryProvider.class),
        locationOf(Publisher.class));
  }

  private static Path locationOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
