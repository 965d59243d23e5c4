package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static dev.sluice.proxy.Sql.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long addresses are remembered, and what becomes of servers at addresses that have gone. */
class HostNamesTest {
  private static final String HOST = "db.example.test";
  private static final String ZONE = "example.test";
  private static final long LIMIT_SECONDS = 60;

  @TempDir private Path folder;
  private NameServer names;

  @BeforeEach
  void begin() throws IOException {
    names = new NameServer();
    names.host(HOST, "127.0.0.1");
  }

  @AfterEach
  void end() {
    names.close();
  }

  private RunningSidecar start(String settings) throws IOException {
    Path conf = Files.writeString(folder.resolve("resolv.conf"), names.resolvConf());
    return new RunningSidecar(
        "pool_mode = transaction\nadmin_users = postgres\nserver_login_retry = 0.1\nresolv_conf = "
            + conf
            + "\n"
            + settings,
        "pool_size=2 host=" + HOST);
  }

  private static String console(RunningSidecar running, String command) throws SQLException {
    try (Connection console =
            running.console(running.database.user(), running.database.password());
        Statement statement = console.createStatement()) {
      StringBuilder rows = new StringBuilder();
      if (statement.execute(command)) {
        ResultSet result = statement.getResultSet();
        while (result.next()) {
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            rows.append(result.getString(i)).append(' ');
          }
        }
      }
      return rows.toString();
    }
  }

  private static int failures(RunningSidecar running) {
    return running.log().split("server DNS lookup failed", -1).length - 1;
  }

  @Test
  void addressesAreRememberedForTheirTime() throws Exception {
    try (RunningSidecar running = start("dns_max_ttl = 600");
        Connection client = running.connect()) {
      String before = one(client, "SELECT pg_backend_pid()");
      names.host(HOST, "127.0.0.2", "127.0.0.1");
      console(running, "RECONNECT");

      assertThat(one(client, "SELECT pg_backend_pid()")).isNotEqualTo(before);
      assertThat(names.asked(HOST)).isEqualTo(1);
      assertThat(console(running, "SHOW DNS_HOSTS")).matches("db.example.test 5\\d\\d 127.0.0.1 ");
      assertThat(console(running, "SHOW LISTS")).contains("dns_names 1 ");
    }
  }

  @Test
  void serversAtAnAddressThatHasGoneAreReplaced() throws Exception {
    try (RunningSidecar running = start("dns_max_ttl = 0");
        Connection client = running.connect();
        Connection other = running.connect()) {
      client.setAutoCommit(false);
      String before = one(client, "SELECT pg_backend_pid()");
      names.host(HOST, "127.0.0.2");
      CompletableFuture<String> served =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return one(other, "SELECT 'served'");
                } catch (SQLException e) {
                  throw new CompletionException(e);
                }
              });
      Eventually.await(
          () -> running.log().contains("is no longer at 127.0.0.1, but at 127.0.0.2"),
          "The change is not noticed.");

      assertThat(one(client, "SELECT pg_backend_pid()")).isEqualTo(before);
      client.commit();
      Eventually.await(
          () -> running.log().contains("closing because: obsolete connection"),
          "The server stays.");
      names.host(HOST, "127.0.0.1");
      assertThat(served.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("served");
    }
  }

  @Test
  void aFailedLookupIsRememberedForItsTime() throws Exception {
    try (RunningSidecar running = start("dns_nxdomain_ttl = 600")) {
      String ini = Files.readString(running.file);
      Files.writeString(running.file, ini.replace(HOST, "new.example.test"));
      console(running, "RELOAD");
      CompletableFuture<Connection> coming =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return running.connect();
                } catch (SQLException e) {
                  throw new CompletionException(e);
                }
              });
      Eventually.await(() -> failures(running) >= 4, "Nobody tries again.");

      assertThat(names.asked("new.example.test")).isEqualTo(1);
      names.host("new.example.test", "127.0.0.1");
      console(running, "SET dns_nxdomain_ttl = 0");
      try (Connection client = coming.get(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        assertThat(one(client, "SELECT 'served'")).isEqualTo("served");
      }
      assertThat(names.asked("new.example.test")).isEqualTo(2);
    }
  }

  @Test
  void aZoneThatHasChangedHasItsHostsLookedUpAgain() throws Exception {
    names.zone(ZONE, 4_000_000_001L);
    try (RunningSidecar running = start("dns_max_ttl = 600\ndns_zone_check_period = 1");
        Connection client = running.connect()) {
      run(client, "SELECT 1");
      Eventually.await(() -> names.asked(ZONE) >= 2, "The zone is not checked.");
      assertThat(names.asked(HOST)).isEqualTo(1);
      assertThat(console(running, "SHOW DNS_ZONES")).isEqualTo("example.test 4000000001 1 ");

      names.host(HOST, "127.0.0.2");
      names.zone(ZONE, 4_000_000_002L);

      Eventually.await(
          () -> running.log().contains("closing because: obsolete connection"),
          "The server stays.");
      assertThat(names.asked(HOST)).isEqualTo(2);
      assertThat(console(running, "SHOW DNS_ZONES")).isEqualTo("example.test 4000000002 1 ");
    }
  }

  @Test
  void aResolverFileThatCannotBeUsedStopsTheStart() {
    assertThatThrownBy(
            () -> new RunningSidecar("resolv_conf = " + folder.resolve("not.there"), "").close())
        .hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void shortNamesAreLookedForInTheFilesDomains() throws Exception {
    Path conf =
        Files.writeString(
            folder.resolve("resolv.conf"), names.resolvConf() + "search example.test other\n");
    names.host(HOST, "127.0.0.1");
    try (RunningSidecar running = new RunningSidecar("resolv_conf = " + conf, "host=db");
        Connection client = running.connect()) {
      assertThat(one(client, "SELECT 'served'")).isEqualTo("served");
    }
    assertThat(ResolvConf.read(conf))
        .isEqualTo(new ResolvConf(List.of("example.test", "other"), 1));
    Files.writeString(conf, "options rotate ndots:4\n");
    assertThat(ResolvConf.read(conf).dots()).isEqualTo(4);
  }
}
