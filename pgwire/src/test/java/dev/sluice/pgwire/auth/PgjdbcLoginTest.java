package dev.sluice.pgwire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pgwire.auth.ClientAction.Accepted;
import dev.sluice.pgwire.auth.ClientAction.Rejected;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PostgreSQL's JDBC driver logs in at our side. Its SCRAM comes from com.ongres.scram, which has
 * nothing in common with ours.
 */
class PgjdbcLoginTest {
  private static final Authenticator AUTHENTICATOR =
      new Authenticator(new SecureRandom(), Authenticator.DEFAULT_ITERATIONS);

  static Stream<ClientAuthenticationTest.Way> ways() {
    return ClientAuthenticationTest.ways().stream();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theRightPasswordOpens(ClientAuthenticationTest.Way way) throws Exception {
    try (LoginServer server = server(way.method(), way.stored(), null);
        Connection connection = connect(server, Exchange.PASSWORD, "sslmode=disable")) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(server.end.get(1, TimeUnit.MINUTES)).isEqualTo(new Accepted(way.learnt()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PLAIN,password authentication failed",
    "MD5,password authentication failed",
    "SCRAM_SHA_256,SASL authentication failed"
  })
  void aWrongPasswordIsRefusedWithItsSqlState(AuthMethod method, String message) throws Exception {
    try (LoginServer server = server(method, Exchange.plain(), null)) {
      assertThatThrownBy(() -> connect(server, "wrong", "sslmode=disable").close())
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(message)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("28P01");
      assertThat(server.end.get(1, TimeUnit.MINUTES)).isInstanceOf(Rejected.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EC,SHA256withECDSA",
    "EC,SHA384withECDSA",
    "RSA,SHA256withRSA",
    "RSA,SHA512withRSA",
    "RSA,SHA1withRSA"
  })
  void channelBindingWorksWithEachSignature(String key, String signature, @TempDir Path folder)
      throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, key, signature);
    String options = "sslmode=require&channelBinding=require";

    try (LoginServer server = server(AuthMethod.SCRAM_SHA_256, Exchange.verifier(), certificate);
        Connection connection = connect(server, Exchange.PASSWORD, options)) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(server.end.get(1, TimeUnit.MINUTES)).isEqualTo(new Accepted(Exchange.keys()));
    }
  }

  @Test
  void aCertificateWithoutAHashGivesNoBinding(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "Ed25519", "Ed25519");

    assertThat(ChannelBinding.serverEndPoint(certificate.certificate()).isPresent()).isFalse();
  }

  private static LoginServer server(
      AuthMethod method, StoredSecret secret, @Nullable TestCertificate certificate)
      throws Exception {
    return new LoginServer(AUTHENTICATOR, method, secret, certificate);
  }

  /** The driver takes the version for given, so that it asks nothing after the login. */
  private static Connection connect(LoginServer server, String password, String options)
      throws SQLException {
    String url =
        "jdbc:postgresql://127.0.0.1:"
            + server.port()
            + "/x?assumeMinServerVersion=18&gssEncMode=disable&socketTimeout=60&"
            + options;
    return DriverManager.getConnection(url, Exchange.USER, password);
  }
}
