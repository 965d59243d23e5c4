package dev.sluice.proxy.ldap;

import org.jspecify.annotations.Nullable;

/** A thread that asks an LDAP server, and whose sockets another thread can close. */
final class LdapThread extends Thread {
  private @Nullable LdapSockets sockets;

  LdapThread(Runnable task, String name) {
    super(task, name);
    setDaemon(true);
    setContextClassLoader(LdapThread.class.getClassLoader()); // which finds the socket factory
  }

  /** Makes sockets with these from now on; none if null. */
  void use(@Nullable LdapSockets more) {
    sockets = more;
  }

  /**
   * What makes the running thread's sockets.
   *
   * @throws IllegalStateException on another thread
   */
  static LdapSockets currentSockets() {
    LdapSockets current =
        Thread.currentThread() instanceof LdapThread thread ? thread.sockets : null;
    if (current == null) {
      throw new IllegalStateException("This thread asks no LDAP server");
    }
    return current;
  }
}
