package dev.sluice.spring.boot;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.DataSourceBuilder;

/**
 * Explains a data source that lost its pool with HikariCP. Without a type, {@link
 * DataSourceBuilder} takes one of the pools that Boot knows, and fails if none is there.
 */
final class LostPoolFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {
  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, IllegalStateException cause) {
    if (!isOfBuilder(cause)) {
      return null;
    }
    return new FailureAnalysis(
        "The application builds a data source with DataSourceBuilder and names no type. Spring Boot"
            + " then takes HikariCP or another pool that it knows, and none is on the class path.",
        "Add .type(dev.sluice.jdbc.SluiceDataSourceBean.class) where the application calls"
            + " DataSourceBuilder.create(), or add the dependency dev.sluice:sluice-hikari, which has"
            + " HikariCP's class names.",
        cause);
  }

  private static boolean isOfBuilder(IllegalStateException cause) {
    return String.valueOf(cause.getMessage()).startsWith("No supported DataSource type")
        && Arrays.stream(cause.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(DataSourceBuilder.class.getName()));
  }
}
