package dev.sluice.jdbc;

import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Shows a pool to JMX: its figures as attributes, and {@code resize}, {@code refresh}, {@code
 * evictIdle}, {@code suspend}, {@code resume} and {@code dump} as operations. Needs the module
 * {@code java.management}, which nothing else in Sluice does.
 */
public final class PoolJmx {
  private PoolJmx() {}

  /**
   * Registers a pool with the JVM's own MBean server as {@code dev.sluice:type=Pool,name="NAME"},
   * until the pool closes.
   *
   * @return the name
   * @throws IllegalStateException if a pool of that name is registered
   */
  public static ObjectName register(SluiceDataSource ds) {
    return register(ds, ManagementFactory.getPlatformMBeanServer());
  }

  static ObjectName register(SluiceDataSource ds, MBeanServer server) {
    try {
      ObjectName name = nameOf(ds.name());
      server.registerMBean(new PoolMBean(ds), name);
      var unused = ds.closed().whenComplete((cut, failure) -> unregister(server, name));
      return name;
    } catch (InstanceAlreadyExistsException e) {
      throw new IllegalStateException(
          "A pool named '" + ds.name() + "' is registered with JMX already; give each its own name",
          e);
    } catch (JMException e) {
      throw new IllegalStateException("JMX does not take the pool '" + ds.name() + "'", e);
    }
  }

  static ObjectName nameOf(String pool) throws JMException {
    return new ObjectName("dev.sluice:type=Pool,name=" + ObjectName.quote(pool));
  }

  private static void unregister(MBeanServer server, ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (InstanceNotFoundException e) {
      Log.debug("the MBean was unregistered before its pool closed", e);
    } catch (JMException e) {
      Log.debug("the MBean of a closed pool could not be unregistered", e);
    }
  }
}
