package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Eventually;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which versions of the protocol are spoken, and what that means for keys of cancel requests. */
class ProtocolVersionTest {
  private static final String SETTINGS = "auth_type = trust\npool_mode = transaction\n";
  private static final int MAJOR = 3 << 16;

  private static RunningSidecar start() {
    return new RunningSidecar(SETTINGS, "");
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "2, 36"})
  void aVersionThatIsSpokenNeedsNoNegotiation(int minor, int keyLength) throws Exception {
    try (RunningSidecar running = start();
        Wire client = new Wire(running, MAJOR | minor, "")) {
      assertThat(client.login).doesNotContainKey('v');
      assertThat(client.login.get('K')).hasSize(keyLength);
      assertThat(client.query("SELECT 1").answers()).containsExactly("T", "D", "C");
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 8", "3, 2, 36", "9999, 2, 36"})
  void aClientGetsTheNewestVersionThatBothSpeak(int asked, int spoken, int keyLength)
      throws Exception {
    try (RunningSidecar running = start();
        Wire client = new Wire(running, MAJOR | asked, "")) {
      ByteBuffer negotiation = ByteBuffer.wrap(client.login.get('v'));
      assertThat(negotiation.getInt()).isEqualTo(MAJOR | spoken);
      assertThat(negotiation.getInt()).isZero();
      assertThat(client.login.get('K')).hasSize(keyLength);
    }
  }

  @Test
  void optionsOfTheProtocolThatNobodyKnowsAreReported() throws Exception {
    try (RunningSidecar running = start();
        Wire client = new Wire(running, MAJOR, "_pq_.one\0a\0_pq_.two\0b\0")) {
      ByteBuffer negotiation = ByteBuffer.wrap(client.login.get('v'));
      assertThat(negotiation.getInt()).isEqualTo(MAJOR);
      assertThat(negotiation.getInt()).isEqualTo(2);
      assertThat(new String(negotiation.array(), 8, 18, StandardCharsets.US_ASCII))
          .isEqualTo("_pq_.one\0_pq_.two\0");
    }
  }

  private static boolean sleeps(Connection direct) {
    try {
      return one(
              direct,
              "SELECT count(*) FROM pg_stat_activity"
                  + " WHERE state = 'active' AND query = 'SELECT pg_sleep(601)'")
          .equals("1");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "2"})
  void onlyTheWholeKeyCancels(int minor) throws Exception {
    try (RunningSidecar running = start();
        Connection direct = running.database.connect();
        Wire client = new Wire(running, MAJOR | minor, "")) {
      byte[] key = client.login.get('K');
      byte[] wrong = key.clone();
      wrong[wrong.length - 1] = (byte) (wrong[wrong.length - 1] ^ 1);
      byte[] shorter = Arrays.copyOf(key, Math.max(8, key.length - 1));
      shorter[0] = (byte) (shorter[0] ^ (key.length == 8 ? 1 : 0));
      client.query("SELECT pg_sleep(601)");
      Eventually.await(() -> sleeps(direct), "The query does not come.");

      Wire.cancel(running, wrong);
      Wire.cancel(running, shorter);
      assertThat(sleeps(direct)).isTrue();
      Wire.cancel(running, key);

      assertThat(client.answers()).last().isEqualTo("E 57014");
    }
  }
}
