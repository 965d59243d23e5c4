package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class SoakSocketsTest {
  @Test
  void skippingBeyondTheEndOfTheConnectionFailsInsteadOfSkippingNothing() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new SoakSockets().createSocket()) {
      socket.connect(listening.getLocalSocketAddress());
      try (Socket server = listening.accept()) {
        server.getOutputStream().write(new byte[] {1, 2, 3});
      }

      InputStream input = socket.getInputStream();
      assertThat(input.readNBytes(1)).containsExactly(1);
      input.skipNBytes(1);
      assertThat(input.readNBytes(1)).as("nothing more was skipped").containsExactly(3);
      assertThatThrownBy(() -> input.skip(1)).isInstanceOf(EOFException.class);
    }
  }
}
