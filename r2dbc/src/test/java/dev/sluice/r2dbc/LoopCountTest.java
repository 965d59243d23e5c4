package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What the log says of more event loops than processors. */
class LoopCountTest {
  private final List<String> said = new CopyOnWriteArrayList<>();

  private void cameOn(LoopCount count, String... loops) {
    for (String loop : loops) {
      count.cameOn(new Thread(() -> {}, loop));
    }
  }

  @Test
  void moreLoopsThanProcessorsAreSaidOnce() {
    LoopCount count = new LoopCount("orders", 2, said::add);

    cameOn(count, "loop-1", "loop-2", "loop-1", "loop-3", "loop-4", "loop-5");

    assertThat(said)
        .containsExactly(
            "Pool 'orders' has connections on 3 event loops, and this JVM has 2 processors. As many"
                + " loops as processors would do more work. If the driver uses Reactor Netty,"
                + " start the JVM with -Dreactor.netty.ioWorkerCount=2.");
  }

  @Test
  void asManyLoopsAsProcessorsAreNotWorthAWord() {
    LoopCount count = new LoopCount("orders", 2, said::add);

    cameOn(count, "loop-1", "loop-2", "loop-2", "loop-1");

    assertThat(said).isEmpty();
  }
}
