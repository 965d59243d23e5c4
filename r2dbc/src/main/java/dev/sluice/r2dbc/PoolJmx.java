package dev.sluice.r2dbc;

import dev.sluice.pool.Pool;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** A pool's entry in JMX. */
final class PoolJmx {
  private static final System.Logger LOG = System.getLogger("dev.sluice.r2dbc");

  private final ObjectName name;

  private PoolJmx(ObjectName name) {
    this.name = name;
  }

  /**
   * Registers a pool.
   *
   * @throws IllegalArgumentException if JMX refuses: another pool has this name
   */
  static PoolJmx register(String poolName, Pool<?, ?> pool) {
    try {
      ObjectName name =
          new ObjectName("io.r2dbc.pool:name=" + quoted(poolName) + ",type=ConnectionPool");
      server().registerMBean(new Figures(pool), name);
      return new PoolJmx(name);
    } catch (JMException e) {
      throw new IllegalArgumentException(
          "pool '" + poolName + "': JMX does not take it; another pool may have its name", e);
    }
  }

  private static String quoted(String name) {
    boolean plain = name.chars().noneMatch(c -> ",=:\"*?\n".indexOf(c) >= 0);
    return plain ? name : ObjectName.quote(name);
  }

  void unregister() {
    try {
      if (server().isRegistered(name)) {
        server().unregisterMBean(name);
      }
    } catch (JMException e) {
      LOG.log(Level.WARNING, "JMX does not let go of " + name, e);
    }
  }

  private static MBeanServer server() {
    return ManagementFactory.getPlatformMBeanServer();
  }

  private record Figures(Pool<?, ?> pool) implements ConnectionPoolMXBean {
    @Override
    public int getAcquiredSize() {
      return pool.stats().active();
    }

    @Override
    public int getAllocatedSize() {
      return pool.size();
    }

    @Override
    public int getIdleSize() {
      return pool.stats().idle();
    }

    @Override
    public int getPendingAcquireSize() {
      return pool.stats().waiting();
    }

    @Override
    public int getMaxAllocatedSize() {
      return pool.stats().maxSize();
    }

    @Override
    public int getMaxPendingAcquireSize() {
      int bound = pool.config().maxWaiters();
      return bound == 0 ? Integer.MAX_VALUE : bound;
    }
  }
}
