package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSourceBean;
import dev.sluice.jdbc.SluicePool;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** What a native image must know: the bean that Boot makes by reflection, and its properties. */
final class SluiceRuntimeHints implements RuntimeHintsRegistrar {
  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
    hints
        .reflection()
        .registerType(
            SluiceDataSourceBean.class,
            MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS,
            MemberCategory.INVOKE_PUBLIC_METHODS);
    hints
        .reflection()
        .registerType(BundleSocketFactory.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
    hints.reflection().registerType(DataSource.class);
    hints.proxies().registerJdkProxy(SluicePool.class);
  }
}
