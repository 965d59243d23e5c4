package dev.sluice.proxy;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What signals mean, as in PgBouncer. The JVM keeps QUIT for its own; the launcher {@code
 * bin/pgbouncer} sends INT and TERM instead, which end the sidecar at once.
 */
final class Signals {
  private final Sidecar sidecar;
  private final Map<String, Runnable> meanings = new ConcurrentHashMap<>();

  Signals(Sidecar sidecar) {
    this.sidecar = sidecar;
    meanings.put("HUP", sidecar::reload);
    meanings.put("INT", () -> sidecar.end(true));
    meanings.put("TERM", () -> sidecar.end(false));
    meanings.put("USR1", sidecar::pause);
    meanings.put("USR2", sidecar::resume);
  }

  /** Takes the signals that this system has. */
  void install() {
    meanings.forEach(this::install);
  }

  /** By reflection, since the compiler warns of the class, and the JDK has no other way. */
  private void install(String name, Runnable meaning) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object heeds =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                sidecar.log().log("got SIG" + name);
                meaning.run();
                return null;
              });
      Object taken = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, taken, heeds);
    } catch (ReflectiveOperationException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      sidecar.log().warning("signal " + name + " cannot be taken: " + cause);
    }
  }
}
