package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What lending and taking back costs in memory. */
class AllocationTest {
  private static final int CYCLES = 20_000;

  @Test
  void aCycleAllocatesNoMoreThan40Bytes() throws SQLException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (FakePool pool = new FakePool().settle()) {
      cycle(pool);
      long before = threads.getCurrentThreadAllocatedBytes();

      cycle(pool);

      long perCycle = (threads.getCurrentThreadAllocatedBytes() - before) / CYCLES;
      assertThat(perCycle).isLessThanOrEqualTo(40);
    }
  }

  private static void cycle(FakePool pool) throws SQLException {
    for (int i = 0; i < CYCLES; i++) {
      pool.get().close();
    }
  }
}
