package dev.sluice.jta;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolConfig;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.lang.model.AnnotationInfo;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import jakarta.transaction.TransactionManager;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The module as a user's module path sees it; all other tests run on the class path. */
final class JtaModuleTest {
  private static final String MODULE = "dev.sluice.jta";

  /** The interface of transactions, and what that wants for itself. */
  private static final Class<?>[] JAKARTA = {
    TransactionManager.class,
    ApplicationScoped.class,
    AnnotationInfo.class,
    Interceptor.class,
    Inject.class,
    PostConstruct.class
  };

  @Test
  void resolvesByNameWithTheJdbcPoolAndTheInterfaceOfTransactions() throws Exception {
    Configuration jdk = ModuleLayer.boot().configuration();

    Configuration resolved = jdk.resolve(modules(), ModuleFinder.of(), Set.of(MODULE));

    assertThat(resolved.modules())
        .extracting(ResolvedModule::name)
        .filteredOn(name -> !name.startsWith("jakarta."))
        .containsExactlyInAnyOrder(MODULE, "dev.sluice.jdbc", "dev.sluice.pool");
    assertThat(resolved.findModule(MODULE).orElseThrow().reads())
        .extracting(ResolvedModule::name)
        .contains("jakarta.transaction", "java.transaction.xa");
  }

  @Test
  void exportsThePublicPackageAlone() throws Exception {
    Set<String> exported =
        modules().find(MODULE).orElseThrow().descriptor().exports().stream()
            .map(Exports::source)
            .collect(toSet());

    assertThat(exported).containsExactly("dev.sluice.jta");
  }

  private static ModuleFinder modules() throws Exception {
    Stream<Class<?>> ours =
        Stream.of(JtaDataSource.class, SluiceDataSource.class, PoolConfig.class);
    return ModuleFinder.of(
        Stream.concat(ours, Stream.of(JAKARTA))
            .map(JtaModuleTest::locationOf)
            .toArray(Path[]::new));
  }

  private static Path locationOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
