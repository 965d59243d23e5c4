package dev.sluice.proxy;

import static dev.sluice.proxy.SimMessages.bytes;
import static dev.sluice.proxy.SimMessages.message;

import dev.sluice.proxy.SimMessages.Message;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a client of a simulation proves who it is: the requests of authentication come in their
 * order, and whoever lets it in knows its secret.
 */
final class SimProof {
  private final SimTime time;
  private final SimChannel channel;
  private final String user;
  private final String password;
  private String first = "";
  private @Nullable SimScram exchange;
  private int step;

  SimProof(SimTime time, SimChannel channel, String user, String password) {
    this.time = time;
    this.channel = channel;
    this.user = user;
    this.password = password;
  }

  /** Answers a request of authentication. */
  void answer(Message request) {
    String rest =
        new String(
            Arrays.copyOfRange(request.body(), 4, request.body().length), StandardCharsets.UTF_8);
    int code = request.number(0);
    if (code == 10 && step == 0) {
      first = SimScram.first("client" + time.random.nextInt());
      byte[] data = bytes(first);
      channel.send(message('p', "SCRAM-SHA-256", data.length, data));
    } else if (code == 11 && step == 1) {
      SimScram mine = SimScram.answering(first, rest, password);
      exchange = mine;
      channel.send(message('p', bytes(mine.answer())));
    } else if (code == 12 && step == 2) {
      SimScram mine = exchange;
      if (mine == null || !mine.isProvedBy(rest)) {
        time.fault(user + " is let in by somebody who does not know the secret");
      }
    } else if (code != 0 || (step != 0 && step != 3)) {
      time.fault(user + " is asked for " + code + " in step " + step);
    }
    step++;
  }
}
