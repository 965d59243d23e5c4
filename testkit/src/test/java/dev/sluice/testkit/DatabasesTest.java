package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(NoLeaks.class)
class DatabasesTest {

  static Stream<Named<Supplier<TestDatabase>>> all() {
    return Stream.concat(
        servers(), Stream.of(Named.<Supplier<TestDatabase>>of("H2", Databases::h2)));
  }

  static Stream<Named<Supplier<TestDatabase>>> servers() {
    return Stream.of(
        Named.<Supplier<TestDatabase>>of("PostgreSQL", Databases::postgres),
        Named.<Supplier<TestDatabase>>of("MariaDB", Databases::mariaDb));
  }

  private static int count(Connection c) throws SQLException {
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery("SELECT COUNT(*) FROM things")) {
      r.next();
      return r.getInt(1);
    }
  }

  private static void createThings(Connection c) throws SQLException {
    try (Statement s = c.createStatement()) {
      s.execute("CREATE TABLE things (n INT)");
      s.execute("INSERT INTO things VALUES (1)");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachTestHasADatabaseOfItsOwn(Supplier<TestDatabase> kind) throws SQLException {
    try (TestDatabase one = kind.get();
        TestDatabase other = kind.get();
        Connection a = one.connect();
        Connection b = other.connect()) {
      createThings(a);

      assertThat(count(a)).isEqualTo(1);
      assertThatThrownBy(() -> count(b)).isInstanceOf(SQLException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void closedDatabaseIsGone(Supplier<TestDatabase> kind) {
    TestDatabase database = kind.get();

    database.close();

    assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void faultProxyStandsBeforeARealServer(Supplier<TestDatabase> kind) throws Exception {
    try (TestDatabase database = kind.get();
        FaultProxy proxy = FaultProxy.before(database.port())) {
      proxy.toxics(Toxics.NONE.withSlice(1));
      try (Connection c = through(proxy, database)) {
        createThings(c);
        assertThat(count(c)).isEqualTo(1);

        proxy.resetAll();

        assertThatThrownBy(() -> count(c))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
      }
      proxy.accepting(FaultProxy.Accept.REFUSE);
      assertThatThrownBy(() -> through(proxy, database)).isInstanceOf(SQLException.class);
    }
  }

  private static Connection through(FaultProxy proxy, TestDatabase database) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", database.user());
    login.setProperty("password", database.password());
    return DriverManager.getConnection(database.urlThrough(proxy), login);
  }
}
