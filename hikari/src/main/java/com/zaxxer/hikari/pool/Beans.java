package com.zaxxer.hikari.pool;

import com.zaxxer.hikari.HikariConfig;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The pool and its configuration as JMX beans, under HikariCP's names. */
final class Beans {
  private Beans() {}

  static void register(HikariPool pool, HikariConfig config) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    String name = config.getPoolName();
    try {
      if (server.isRegistered(name("PoolConfig", name))) {
        log(name + " - JMX has a pool of this name already; give each pool its own name", null);
        return;
      }
      server.registerMBean(config, name("PoolConfig", name));
      server.registerMBean(pool, name("Pool", name));
    } catch (JMException e) {
      log(name + " - JMX does not take the pool", e);
    }
  }

  static void unregister(String name) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      for (String type : new String[] {"PoolConfig", "Pool"}) {
        if (server.isRegistered(name(type, name))) {
          server.unregisterMBean(name(type, name));
        }
      }
    } catch (JMException e) {
      log(name + " - JMX does not release the pool", e);
    }
  }

  private static ObjectName name(String type, String pool) throws JMException {
    boolean keyed = Boolean.getBoolean("hikaricp.jmx.register2.0");
    return new ObjectName(
        "com.zaxxer.hikari:type=" + type + (keyed ? ",name=" + pool : " (" + pool + ")"));
  }

  private static void log(String message, JMException cause) {
    System.getLogger("com.zaxxer.hikari").log(Level.WARNING, message, cause);
  }
}
