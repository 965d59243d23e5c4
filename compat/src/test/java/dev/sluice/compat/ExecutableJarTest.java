package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.compat.app.App;
import dev.sluice.compat.app.AppDriver;
import dev.sluice.compat.app.AppListener;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

/**
 * An application in an executable jar of Spring Boot's, whose classes and libraries the JVM's own
 * class path does not have: the loader that Boot starts it with has them.
 */
class ExecutableJarTest {
  @TempDir static Path folder;

  private static Path executable;

  @BeforeAll
  static void makeTheJar() throws IOException {
    Jars jars = new Jars(folder);
    Path application =
        jars.ofPackage(
            App.class,
            Map.of(Driver.class, AppDriver.class, PoolListener.class, AppListener.class));
    Repackager repackager = new Repackager(application.toFile());
    repackager.setMainClass(App.class.getName());
    repackager.setBackupSource(false);
    executable = folder.resolve("executable.jar");
    repackager.repackage(
        executable.toFile(),
        libraries -> {
          for (Class<?> type : List.of(Pool.class, SluiceDataSource.class, JdbcConnection.class)) {
            libraries.library(new Library(jars.of(type).toFile(), LibraryScope.RUNTIME));
          }
        });
  }

  /** What the application said until it ended, with 0. */
  private static List<String> run(String... arguments) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-jar", executable.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      return said.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void knownBug32NamedDriverInAnExecutableJarIsFound() throws Exception {
    List<String> said = run(AppDriver.class.getName());

    assertThat(said).contains("driver: home", "loader: LaunchedClassLoader");
  }

  @Test
  void knownBug32DriverInAnExecutableJarIsFoundByItsUrl() throws Exception {
    List<String> said = run();

    assertThat(said).contains("driver: home", "loader: LaunchedClassLoader");
  }

  @Test
  void knownBug32CodeInAnExecutableJarRunsUnderTheLoaderOfTheApplication() throws Exception {
    List<String> said = run();

    assertThat(said)
        .contains(
            "classifier: home",
            "credentials: home",
            "driver: home",
            "future: home",
            "listener.acquired: home",
            "listener.leaked: home",
            "listener.opened: home",
            "listener.queued: home",
            "listener.released: home",
            "service.opened: home",
            "validator: home",
            "at the end: home")
        .noneMatch(line -> line.startsWith("listener.") && !line.endsWith(": home"));
  }
}
