package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** That tests of this folder run on a JVM that has virtual threads, and can use them. */
final class VirtualThreadsTest {
  @Test
  void testsOfThisFolderCanRunOnVirtualThreads() throws ExecutionException, InterruptedException {
    FutureTask<Boolean> isVirtual = new FutureTask<>(() -> Thread.currentThread().isVirtual());

    Thread.ofVirtual().start(isVirtual);

    assertThat(isVirtual.get()).isTrue();
    assertThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
  }
}
