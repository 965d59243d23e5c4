package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.testkit.FakeDatabase;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a driver is looked for, and what is said when there is none. */
class DriversTest {
  private static final String SOMEWHERE = "jdbc:somewhere:db";

  /** Accepts one URL, and opens nothing. */
  public static class Plain implements Driver {
    @Override
    public @Nullable Connection connect(String url, Properties info) {
      return null;
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
      return url.equals(SOMEWHERE);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getLogger("none");
    }
  }

  /** Whose constructor fails, as one does that misses a library of its own. */
  public static final class Unconstructable extends Plain {
    public Unconstructable() {
      throw new IllegalStateException("no licence", new IOException("licence.txt"));
    }
  }

  /** Whose class cannot be initialized. */
  public static final class Uninitializable extends Plain {
    static final int SIZE = Integer.parseInt("many");
  }

  /** Whose opinion of a URL is an exception that shows it. */
  public static final class Undecided extends Plain {
    @Override
    public boolean acceptsURL(String url) throws SQLException {
      throw new SQLException("cannot parse " + url);
    }
  }

  private static SluiceBuilder named(String className) {
    return Sluice.dataSource(SOMEWHERE).driverClassName(className);
  }

  @Test
  void knownBug32MissingDriverIsReportedWhileThePoolIsBuilt() {
    Throwable refused =
        catchThrowable(
            () -> Sluice.dataSource("jdbc:nosuchdriver://somewhere/db?password=hidden").build());

    assertThat(refused)
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("No driver accepts the URL jdbc:nosuchdriver:")
        .hasMessageContaining("driverClassName")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void knownBug32NamedDriverThatIsNotThereIsReportedWhileThePoolIsBuilt() {
    assertThatThrownBy(() -> named("com.example.Driver").build())
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("The driver com.example.Driver cannot be loaded")
        .hasMessageContaining("java.lang.ClassNotFoundException: com.example.Driver")
        .hasMessageContaining("Looked in ");
  }

  @Test
  void knownBug32ReasonWhyADriverCannotBeMadeIsInTheMessage() {
    assertThatThrownBy(() -> named(Unconstructable.class.getName()).build())
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("IllegalStateException: no licence, caused by")
        .hasMessageContaining("IOException: licence.txt");
    assertThatThrownBy(() -> named(Uninitializable.class.getName()).build())
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("ExceptionInInitializerError")
        .hasMessageContaining("NumberFormatException: For input string: \"many\"");
    assertThatThrownBy(() -> named(String.class.getName()).build())
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("ClassCastException");
    assertThatThrownBy(() -> named(Driver.class.getName()).build())
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("NoSuchMethodException");
  }

  @Test
  void knownBug32DriverThatDoesNotAcceptTheUrlIsReportedWhileThePoolIsBuilt() {
    SluiceBuilder elsewhere =
        Sluice.dataSource("jdbc:elsewhere:db").driverClassName(Plain.class.getName());

    assertThatThrownBy(elsewhere::build)
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("does not accept the URL jdbc:elsewhere:");
  }

  @Test
  void knownBug32WhatADriverSaysOfAUrlIsNotRepeated() {
    SluiceBuilder undecided =
        Sluice.dataSource(SOMEWHERE + ";secret=hidden").driverClassName(Undecided.class.getName());

    assertThatThrownBy(undecided::build)
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("failed on the URL with java.sql.SQLException")
        .hasMessageNotContaining("hidden");
  }

  /** Has broken copies of classes, before its parent's that work. */
  private static final class Broken extends URLClassLoader {
    Broken(URL... urls) {
      super("broken", urls, DriversTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      return findResource(name.replace('.', '/') + ".class") == null
          ? super.loadClass(name, resolve)
          : findClass(name);
    }
  }

  private static Path copy(Path folder, Class<?> type, int at, int value) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    byte[] bytes;
    try (var in = DriversTest.class.getClassLoader().getResourceAsStream(name)) {
      bytes = in.readAllBytes();
    }
    bytes[at] = (byte) value;
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private static Throwable underBroken(Path folder, String className) throws IOException {
    try (Broken loader = new Broken(folder.toUri().toURL())) {
      return catchThrowable(() -> named(className).classLoader(loader).build());
    }
  }

  @Test
  void knownBug32ClassOfTheWrongVersionIsReportedWithTheReason(@TempDir Path folder)
      throws IOException {
    Path file = copy(folder, Unconstructable.class, 7, 127); // the major version's last byte

    Throwable refused = underBroken(folder, Unconstructable.class.getName());

    assertThat(file).exists();
    assertThat(refused)
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("UnsupportedClassVersionError")
        .hasMessageContaining("'broken'");
  }

  @Test
  void knownBug32ClassThatIsDamagedIsReportedWithTheReason(@TempDir Path folder)
      throws IOException {
    Path file = copy(folder, Unconstructable.class, 0, 0); // the magic number's first byte

    Throwable refused = underBroken(folder, Unconstructable.class.getName());

    assertThat(file).exists();
    assertThat(refused)
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("ClassFormatError");
  }

  @Test
  void knownBug32ClassThatIsMissingBehindTheDriverIsReportedWithTheReason(@TempDir Path folder)
      throws IOException {
    String name = Uninitializable.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(folder.resolve(name).getParent());
    Files.write(folder.resolve(name), MissingParent.bytes(Uninitializable.class));

    Throwable refused = underBroken(folder, Uninitializable.class.getName());

    assertThat(refused)
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("NoClassDefFoundError");
  }

  /** A class whose superclass is nowhere. */
  private static final class MissingParent {
    private MissingParent() {}

    static byte[] bytes(Class<?> type) throws IOException {
      try (var in =
          type.getClassLoader().getResourceAsStream(type.getName().replace('.', '/') + ".class")) {
        String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        return text.replace("DriversTest$Plain", "DriversTest$Gone_")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
      }
    }
  }

  @Test
  void knownBug32DriverIsFoundInSluicesOwnLoaderIfTheContextHasNone() throws SQLException {
    ClassLoader bare = ClassLoader.getPlatformClassLoader();

    try (SluiceDataSource byUrl =
            Sluice.dataSource("jdbc:h2:mem:own-loader").classLoader(bare).build();
        SluiceDataSource byName =
            Sluice.dataSource("jdbc:h2:mem:own-loader")
                .driverClassName("org.h2.Driver")
                .classLoader(bare)
                .build();
        Connection one = byUrl.getConnection();
        Connection two = byName.getConnection()) {
      assertThat(one.isValid(1)).isTrue();
      assertThat(two.isValid(1)).isTrue();
    }
  }

  @Test
  void knownBug32ReconfigurationWithoutADriverChangesNothing() throws SQLException {
    try (SluiceDataSource ds = Sluice.dataSource(FakeDatabase.create().url()).build()) {
      SluiceConfig before = ds.config();

      assertThatThrownBy(() -> ds.reconfigure(b -> b.url("jdbc:nosuchdriver:db")))
          .isInstanceOf(SluiceConfigException.class)
          .hasMessageContaining("No driver");
      assertThat(ds.config()).isSameAs(before);
      try (Connection connection = ds.getConnection()) {
        assertThat(connection.isValid(1)).isTrue();
      }
    }
  }
}
