package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.FakeDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pool can see to its own end. */
class ShutdownHookTest {

  /** An application that ends without a thought for its pool. */
  static final class App {
    private App() {}

    public static void main(String[] args) throws SQLException {
      FakeDatabase db = FakeDatabase.create();
      SluiceDataSource pool =
          Sluice.dataSource(db.url())
              .shutdownHook(Boolean.parseBoolean(args[0]))
              .drainTimeout(Duration.ZERO)
              .listener(
                  new PoolListener() {
                    @Override
                    public void poolClosed(List<LeaseInfo> abandoned) {
                      System.out.println("closed, " + db.heldByClient() + " left");
                    }
                  })
              .build();
      pool.getConnection().close();
      System.out.println("ends");
      System.exit(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, 'ends\nclosed, 0 left\n'", "false, 'ends\n'"})
  void poolIsClosedWithTheJvmIfWished(boolean hook, String said) throws Exception {
    assertThat(run(App.class, Boolean.toString(hook))).isEqualTo(said);
  }

  private static String run(Class<?> app, String argument)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                app.getName(),
                argument)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return said;
  }
}
