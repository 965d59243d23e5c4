package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plants a password in every place, and looks for it in all that is shown. */
class SecrecyTest {
  private static final String CANARY = "c4n4ry-s3cr3t";

  private final List<String> shown = new ArrayList<>();

  /** Where a password can be put, with what else is there. */
  private static List<Map<String, Object>> hidingPlaces() {
    List<Map<String, Object>> places = new ArrayList<>();
    String plain = "jdbc:postgresql://h/db";
    for (String url :
        List.of(
            "postgresql://u:" + CANARY + "@h/db",
            "postgresql://h/db?password=" + CANARY,
            "postgresql://h/db?user=u&sslpassword=" + CANARY,
            "postgresql://h/db?some_driver_thing=" + CANARY,
            "jdbc:postgresql://u:" + CANARY + "@h/db",
            "jdbc:postgresql://h/db?password=" + CANARY,
            "jdbc:postgresql://h/db?password=" + CANARY + "%zz",
            "jdbc:postgresql://h/db?sslpassword=" + CANARY,
            "jdbc:postgresql://h/db?sluice.password=" + CANARY,
            "jdbc:mysql://h/db?trustCertificateKeyStorePassword=" + CANARY,
            "jdbc:mysql://u:" + CANARY + "@h1,u:" + CANARY + "@h2/db",
            "jdbc:mysql://address=(host=h)(user=u)(password=" + CANARY + ")/db",
            "jdbc:mariadb://h/db?password=" + CANARY + "%20",
            "jdbc:mariadb://h/db?password=%20@" + CANARY,
            "jdbc:db2://h:1/db:user=u;password=p@" + CANARY + ";",
            "jdbc:sqlserver://h;password={p}};" + CANARY + "}",
            "jdbc:h2:mem:x;PASSWORD=" + CANARY,
            "jdbc:sqlserver://h;password={" + CANARY + ";x}",
            "jdbc:oracle:thin:u/" + CANARY + "@h:1:x",
            "jdbc:db2://h:1/db:user=u;password=" + CANARY + ";",
            "jdbc:other:thing?secret=" + CANARY,
            "jdbc:other:thing;" + CANARY)) {
      places.add(Map.of("url", url));
    }
    places.add(Map.of("url", plain, "password", CANARY));
    places.add(Map.of("url", plain, "password", Secret.of(CANARY)));
    places.add(Map.of("url", plain, "password", CANARY.toCharArray()));
    places.add(Map.of("url", plain, "passwd", CANARY));
    places.add(Map.of("url", plain, "driver.password", CANARY));
    places.add(Map.of("url", plain, "dataSource.accessToken", CANARY));
    places.add(Map.of("url", plain, "driver.whatever", CANARY));
    places.add(Map.of("url", plain, "driver.whatever", Secret.of(CANARY)));
    places.add(Map.of("url", plain, "initSql", "SET ROLE x PASSWORD '" + CANARY + "'"));
    places.add(Map.of("url", plain, "setsession", List.of("SET PASSWORD '" + CANARY + "'")));
    places.add(Map.of("url", plain, "resetPolicy", List.of("SET PASSWORD '" + CANARY + "'")));
    places.add(Map.of("url", plain, "pasword", CANARY));
    places.add(Map.of("url", plain, "user", "u", "password", CANARY, "passwd", CANARY + "2"));
    places.add(Map.of("url", plain, "driver.x", CANARY, "dataSource.x", CANARY + "2"));
    places.add(Map.of("url", "postgresql://u:" + CANARY + "@h/db", "password", "another"));
    places.add(Map.of("url", "postgresql://u:" + CANARY + "/x@h/db"));
    places.add(Map.of("url", CANARY));
    places.add(Map.of("dsn", "host=h password=" + CANARY));
    places.add(Map.of("url", plain, "jdbcUrl", "jdbc:postgresql://h/other?x=" + CANARY));
    places.add(Map.of("host", "h", "password", CANARY));
    places.add(Map.of("host", "u:" + CANARY + "@h"));
    places.add(Map.of("host", "h", "database", "d", "scheme", "u:" + CANARY + "@h"));
    return places;
  }

  @Test
  void noSecretIsShownByWhatIsBuilt() {
    for (Map<String, Object> place : hidingPlaces()) {
      look(place, Map.of());
    }
    assertThat(shown).hasSizeGreaterThan(100);
    assertNothingIsShown();
  }

  @Test
  void noSecretIsShownByWhatIsRefused() {
    for (Map<String, Object> place : hidingPlaces()) {
      look(place, Map.of("maxSize", 0, "minSize", "x", "colour", "blue", "idleTimeout", 5));
    }
    assertNothingIsShown();
  }

  @Test
  void noSecretIsShownByFilesAndVariables(@TempDir Path directory) throws IOException {
    for (String bad : List.of("", "max_size = 0\n", "max_size = zero\n", "[pool]\n", "\"open\n")) {
      String toml =
          "[pool]\nurl = 'jdbc:postgresql://h/d?password="
              + CANARY
              + "'\npassword = '"
              + CANARY
              + "'\n"
              + bad;
      Path file = Files.writeString(directory.resolve("p.toml"), toml);
      attempt(() -> Sluice.fromFile(file).toConfig().toString());
      Path second = directory.resolve("q.toml");
      Files.writeString(second, "[pool]\npassword = \"" + CANARY + "\n");
      attempt(() -> Sluice.fromFile(second).toConfig().toString());
      Files.writeString(second, "[pool]\npassword = " + CANARY + "\n");
      attempt(() -> Sluice.fromFile(second).toConfig().toString());
      Files.writeString(second, "[pool]\npassword '" + CANARY + "'\n");
      attempt(() -> Sluice.fromFile(second).toConfig().toString());
      Path properties = directory.resolve("p.properties");
      Files.writeString(properties, "password=" + CANARY + "\nurl=postgresql://u:" + CANARY + "\n");
      attempt(() -> Sluice.fromFile(properties).toConfig().toString());
      Files.writeString(properties, "password=" + CANARY + "\\u00zz\n");
      attempt(() -> Sluice.fromFile(properties).toConfig().toString());
    }
    attempt(
        () ->
            Sluice.builder()
                .environment(
                    Map.of(
                        "DATABASE_URL",
                        "postgresql://u:" + CANARY + "@h/x",
                        "SLUICE_PASSWORD",
                        CANARY + "2",
                        "SLUICE_PASWORD",
                        CANARY,
                        "SLUICE_DRIVER__x",
                        CANARY))
                .toConfig()
                .toString());
    assertNothingIsShown();
  }

  @Test
  void noSecretIsLogged() {
    List<String> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(record.getMessage() + Arrays.toString(record.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dev.sluice");
    logger.addHandler(handler);
    try {
      for (Map<String, Object> place : hidingPlaces()) {
        attempt(
            () -> {
              SluiceConfig config = Sluice.from(place).maxSize(1000).restoreState(false).toConfig();
              ConfigWarnings.log(config);
              return "";
            });
      }
    } finally {
      logger.removeHandler(handler);
    }

    assertThat(logged).hasSizeGreaterThan(20);
    assertThat(logged).noneMatch(line -> line.contains(CANARY));
  }

  @Test
  void theCanaryWouldBeSeen() {
    shown.add("x" + CANARY);

    assertThatThrownBy(this::assertNothingIsShown).isInstanceOf(AssertionError.class);
  }

  private void look(Map<String, Object> place, Map<String, Object> mistakes) {
    Map<String, Object> settings = new LinkedHashMap<>(place);
    settings.putAll(mistakes);
    attempt(
        () -> {
          SluiceBuilder builder = Sluice.from(settings);
          shown.add(builder.toString());
          SluiceConfig config = builder.toConfig();
          shown.add(config.toString());
          shown.add(config.displayUrl());
          shown.add(config.warnings().toString());
          shown.add(config.driverProperties().toString());
          shown.add(config.password() + "" + config.credentials());
          shown.add(config.toBuilder().toConfig().toString());
          return config.credentials().get().toString();
        });
  }

  private interface Attempt {
    String run() throws Exception;
  }

  private void attempt(Attempt attempt) {
    try {
      shown.add(attempt.run());
    } catch (Exception e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      shown.add(trace.toString());
    }
  }

  private void assertNothingIsShown() {
    assertThat(shown).noneMatch(text -> text.contains(CANARY));
    // Nor a good part of it.
    assertThat(shown).noneMatch(text -> text.contains("4n4ry") || text.contains("s3cr3t"));
  }
}
