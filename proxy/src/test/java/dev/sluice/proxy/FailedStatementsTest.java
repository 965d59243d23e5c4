package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Statements whose Parse failed or was skipped. A driver that pipelines may believe that they are
 * there.
 */
class FailedStatementsTest {
  private static final String SETTINGS = "auth_type = trust\npool_mode = transaction";

  private static final int GENEROUS_MILLIS = 60_000;

  /** Speaks the protocol itself, because no driver can be made to believe that. */
  private static final class Wire implements AutoCloseable {
    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    Wire(RunningSidecar running) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), running.sidecar.port());
      socket.setSoTimeout(GENEROUS_MILLIS);
      out = new DataOutputStream(socket.getOutputStream());
      in = new DataInputStream(socket.getInputStream());
      byte[] startup =
          ("user\0" + running.database.user() + "\0database\0db\0\0")
              .getBytes(StandardCharsets.US_ASCII);
      out.writeInt(8 + startup.length);
      out.writeInt(3 << 16);
      out.write(startup);
      answers();
    }

    private void send(char type, String text, int... shorts) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write(text.getBytes(StandardCharsets.US_ASCII));
      for (int value : shorts) {
        body.write(value >> 8);
        body.write(value);
      }
      out.write(type);
      out.writeInt(4 + body.size());
      out.write(body.toByteArray());
    }

    Wire parse(String name, String sql) throws IOException {
      send('P', name + "\0" + sql + "\0", 0);
      return this;
    }

    Wire execute(String name) throws IOException {
      send('B', "\0" + name + "\0", 0, 0, 0);
      send('E', "\0", 0, 0);
      return this;
    }

    Wire query(String sql) throws IOException {
      send('Q', sql + "\0");
      return this;
    }

    /** What comes up to the next ReadyForQuery: types, rows' bytes left out, and SQLSTATEs. */
    List<String> sync() throws IOException {
      send('S', "");
      return answers();
    }

    List<String> answers() throws IOException {
      out.flush();
      List<String> all = new ArrayList<>();
      for (int type = in.readUnsignedByte(); type != 'Z'; type = in.readUnsignedByte()) {
        String body = new String(in.readNBytes(in.readInt() - 4), StandardCharsets.ISO_8859_1);
        String state = type == 'E' ? body.replaceAll("(?s).*\0C([^\0]*)\0.*", " $1") : "";
        all.add((char) type + state);
      }
      in.readNBytes(in.readInt() - 4);
      return all;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void aSkippedStatementIsPreparedWhenItIsUsed() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      client.parse("bad", "SELECT * FROM not_there_yet").execute("bad");
      client.parse("good", "SELECT 1").execute("good");
      assertThat(client.sync()).containsExactly("E 42P01");

      assertThat(client.execute("good").sync()).containsExactly("2", "D", "C");
      assertThat(client.execute("bad").sync()).containsExactly("E 42P01");
      assertThat(client.query("CREATE TABLE not_there_yet ()").answers()).containsExactly("C");
      try {
        assertThat(client.execute("bad").sync()).containsExactly("2", "C");
      } finally {
        client.query("DROP TABLE not_there_yet").answers();
      }
    }
  }

  @Test
  void theNameOfAFailedStatementIsFree() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      assertThat(client.parse("s", "SELEC").sync()).containsExactly("E 42601");

      assertThat(client.parse("s", "SELECT 1").execute("s").sync())
          .containsExactly("1", "2", "D", "C");
      assertThat(client.execute("never").sync()).containsExactly("E 26000");
    }
  }
}
