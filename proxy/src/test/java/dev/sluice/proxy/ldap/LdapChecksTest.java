package dev.sluice.proxy.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.tls.Identity;
import dev.sluice.testkit.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords that an LDAP server judges, and servers that do not. */
class LdapChecksTest {
  private static final String DIRECT =
      "ldapprefix=\"uid=\" ldapsuffix=\",ou=people,dc=example,dc=net\"";
  private static final String SEARCH = "ldapbasedn=\"dc=example,dc=net\"";
  private static final String BY_SEARCHER =
      SEARCH + " ldapbinddn=\"cn=searcher,dc=example,dc=net\" ldapbindpasswd=\"looking for it\"";

  @TempDir private static Path folder;
  private static Identity identity;
  private static Identity elsewhere;
  private static TestDirectory directory;

  private final List<LdapChecks> made = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    identity = Identity.make(folder, "localhost", "dns:localhost,ip:127.0.0.1");
    elsewhere = Identity.make(folder, "elsewhere", "dns:elsewhere");
    directory = new TestDirectory(identity, folder.resolve("localhost-EC.p12"));
    directory.add("ada", "secret");
    directory.add("x,cn=odd+name", "odd secret");
    directory.add("zoë", "pässword");
    directory.add("star*(1)", "starry");
    directory.add("twin", "one", "mail=twins@example.net");
    directory.add("twin2", "two", "mail=twins@example.net");
  }

  @AfterAll
  static void stop() {
    directory.close();
  }

  @AfterEach
  void closeChecks() {
    made.forEach(LdapChecks::close);
  }

  private LdapChecks checks(Duration limit) throws Exception {
    var tls = TestDirectory.trusting(identity);
    LdapChecks checks = new LdapChecks(() -> tls, limit);
    made.add(checks);
    return checks;
  }

  private static CompletableFuture<Optional<String>> ask(
      LdapChecks checks, String options, String user, String password) throws Exception {
    ProxyConfig config =
        ProxyConfig.of(
            """
            [databases]
            db = host=127.0.0.1
            [pgbouncer]
            listen_addr = 127.0.0.1
            auth_type = ldap
            auth_ldap_options = %s
            """
                .formatted(options),
            Path.of("x.ini"));
    return checks.check(
        config.ldap().orElseThrow(), user, password.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<String> verdict(String options, String user, String password) throws Exception {
    return ask(checks(Duration.ofSeconds(60)), options, user, password).get(90, TimeUnit.SECONDS);
  }

  private static String plain() {
    return "ldapserver=127.0.0.1 ldapport=" + directory.port() + " ";
  }

  @ParameterizedTest
  @ValueSource(strings = {DIRECT, SEARCH, BY_SEARCHER})
  void theRightPasswordIsRightAndNoOther(String mode) throws Exception {
    assertThat(verdict(plain() + mode, "ada", "secret")).isEmpty();
    assertThat(verdict(plain() + mode, "ada", "guess")).hasValueSatisfying(this::isInvalid);
    assertThat(verdict(plain() + mode, "nobody", "secret")).isPresent();
    assertThat(verdict(plain() + mode, "x,cn=odd+name", "odd secret")).isEmpty();
    assertThat(verdict(plain() + mode, "zoë", "pässword")).isEmpty();
    assertThat(verdict(plain() + mode, "star*(1)", "starry")).isEmpty();
    assertThat(verdict(plain() + mode, "*", "secret")).isPresent();
    assertThat(verdict(plain() + mode, "ada)(uid=*", "secret")).isPresent();
    assertThat(verdict(plain() + mode, "", "secret")).isPresent();
  }

  private void isInvalid(String refusal) {
    assertThat(refusal).contains("uid=ada").contains("49").doesNotContain("guess");
  }

  /** A bind without a password succeeds on many servers, and proves nothing. */
  @ParameterizedTest
  @ValueSource(strings = {DIRECT, SEARCH, BY_SEARCHER})
  void anEmptyPasswordIsRefusedBeforeAnyBind(String mode) throws Exception {
    directory.binds.clear();

    assertThat(verdict(plain() + mode, "ada", "")).contains("the password is empty");

    assertThat(directory.binds).isEmpty();
  }

  @Test
  void anEntryMustBeTheOnlyOne() throws Exception {
    String byMail = plain() + SEARCH + " ldapsearchattribute=mail";
    String filter = plain() + SEARCH + " ldapsearchfilter=\"(&(mail=$username)(uid=twin2))\"";

    assertThat(verdict(byMail, "twins@example.net", "one"))
        .hasValueSatisfying(why -> assertThat(why).contains("more than one entry"));
    assertThat(verdict(filter, "twins@example.net", "two")).isEmpty();
  }

  @Test
  void theScopeOfTheUrlCounts() throws Exception {
    String url = "ldapurl=\"ldap://127.0.0.1:" + directory.port() + "/dc=example,dc=net?uid?";

    assertThat(verdict(url + "sub\"", "ada", "secret")).isEmpty();
    assertThat(verdict(url + "one\"", "ada", "secret")).isPresent();
  }

  @Test
  void aSearcherWithAnotherPasswordIsSaidToBeRefused() throws Exception {
    String wrong = BY_SEARCHER.replace("looking for it", "not looking");

    assertThat(verdict(plain() + wrong, "ada", "secret"))
        .hasValueSatisfying(why -> assertThat(why).contains("49").doesNotContain("not looking"));
  }

  @ParameterizedTest
  @ValueSource(strings = {DIRECT, SEARCH, BY_SEARCHER})
  void tlsBeginsWithTheConnectionOrByStartTls(String mode) throws Exception {
    String ldaps = "ldapserver=localhost ldapscheme=ldaps ldapport=" + directory.tlsPort() + " ";
    String startTls = "ldapserver=localhost ldaptls=1 ldapport=" + directory.port() + " ";

    assertThat(verdict(ldaps + mode, "ada", "secret")).isEmpty();
    assertThat(verdict(ldaps + mode, "ada", "guess")).isPresent();
    assertThat(verdict(startTls + mode, "ada", "secret")).isEmpty();
    assertThat(verdict(startTls + mode, "ada", "guess")).isPresent();
  }

  @Test
  void noPasswordGoesToAServerWithAnotherNameOrCertificate() throws Exception {
    directory.binds.clear();
    var other = TestDirectory.trusting(elsewhere);
    try (TestDirectory impostor =
        new TestDirectory(elsewhere, folder.resolve("elsewhere-EC.p12"))) {
      impostor.add("ada", "secret");
      for (String tls :
          List.of(
              "ldapscheme=ldaps ldapport=" + impostor.tlsPort() + " ",
              "ldaptls=1 ldapport=" + impostor.port() + " ")) {
        String options = "ldapserver=localhost " + tls + DIRECT;
        assertThat(verdict(options, "ada", "secret")).as("its certificate").isPresent();
        LdapChecks trusting = new LdapChecks(() -> other, Duration.ofSeconds(60));
        made.add(trusting);
        assertThat(ask(trusting, options, "ada", "secret").get(90, TimeUnit.SECONDS))
            .as("its name")
            .isPresent();
      }
      assertThat(impostor.binds).isEmpty();
    }
  }

  @Test
  void theNextServerIsAskedIfTheFirstIsDown() throws Exception {
    int free;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = closed.getLocalPort();
    }

    assertThat(verdict("ldapserver=127.0.0.1 ldapport=" + free + " " + DIRECT, "ada", "secret"))
        .hasValueSatisfying(why -> assertThat(why).contains("cannot be asked"));
    assertThat(
            verdict(
                "ldapserver=\"127.0.0.254 127.0.0.1\" ldapport=" + directory.port() + " " + DIRECT,
                "ada",
                "secret"))
        .isEmpty();
  }

  /** A server that takes connections, reads, and answers nothing, or only the start of STARTTLS. */
  private static final class Silent implements AutoCloseable {
    private static final int ID = 4;

    private final ServerSocket listening;
    private final List<Socket> taken = new CopyOnWriteArrayList<>();

    Silent(boolean startsTls) throws IOException {
      listening = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
      Thread thread = new Thread(() -> take(startsTls), "silent");
      thread.setDaemon(true);
      thread.start();
    }

    private void take(boolean startsTls) {
      try {
        while (true) {
          Socket socket = listening.accept();
          taken.add(socket);
          if (startsTls) {
            InputStream in = socket.getInputStream();
            byte[] request = in.readNBytes(ID + 1);
            byte id = request[ID];
            socket
                .getOutputStream()
                .write(new byte[] {0x30, 12, 2, 1, id, 0x78, 7, 10, 1, 0, 4, 0, 4, 0});
          }
        }
      } catch (IOException e) { // closed: the test is over
        assertThat(listening.isClosed()).isTrue();
      }
    }

    int port() {
      return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listening.close();
      for (Socket socket : taken) {
        socket.close();
      }
    }
  }

  private static long asking() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(LdapThread.class::isInstance)
        .filter(
            thread ->
                java.util.Arrays.stream(thread.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(LdapBind.class.getName())))
        .count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ldaptls=1 ", "ldapscheme=ldaps "})
  void aServerThatFallsSilentCostsNoMoreThanTheLimit(String tls) throws Exception {
    try (Silent silent = new Silent(tls.contains("ldaptls"))) {
      String options = "ldapserver=127.0.0.1 ldapport=" + silent.port() + " " + tls + DIRECT;

      Optional<String> refusal =
          ask(checks(Duration.ofMillis(500)), options, "ada", "secret").get(60, TimeUnit.SECONDS);

      assertThat(refusal).contains("the LDAP server did not answer within 500 ms");
      Eventually.await(() -> asking() == 0, "its thread is free again");
    }
  }

  @Test
  void manyWhoWaitForASilentServerHoldUpNobodyElse() throws Exception {
    try (Silent silent = new Silent(false)) {
      String options = "ldapserver=127.0.0.1 ldapport=" + silent.port() + " " + DIRECT;
      LdapChecks all = checks(Duration.ofSeconds(2));
      List<CompletableFuture<Optional<String>>> waiting = new ArrayList<>();
      int tooMany = LdapDirectory.WAITING_MAX + LdapDirectory.THREADS_MAX + 1;
      for (int i = 0; i < tooMany; i++) {
        waiting.add(ask(all, options, "ada", "secret"));
      }

      assertThat(waiting.get(tooMany - 1).get(60, TimeUnit.SECONDS).orElseThrow())
          .contains("too many logins");
      assertThat(ask(all, plain() + DIRECT, "ada", "secret").get(60, TimeUnit.SECONDS)).isEmpty();
      assertThat(asking()).isLessThanOrEqualTo(LdapDirectory.THREADS_MAX);
      for (CompletableFuture<Optional<String>> each : waiting) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isPresent();
      }
      assertThat(ask(all, plain() + DIRECT, "ada", "secret").get(60, TimeUnit.SECONDS)).isEmpty();
    }
  }
}
