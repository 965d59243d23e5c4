package dev.sluice.jta;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/** Stands between this module and a driver's resources, and may fail or end the process there. */
interface Tap {
  /** What it stands before; a driver may have one object for both. */
  Set<Class<?>> TAPPED = Set.of(XAConnection.class, XAResource.class);

  /**
   * A call of XA is about to be made, or was made.
   *
   * @param call the method's name
   */
  void at(String call, boolean before) throws XAException;

  /** The source, with this on all its resources. */
  default XADataSource on(XADataSource source) {
    return proxy(XADataSource.class, source, this);
  }

  private static <T> T proxy(Class<T> type, Object target, Tap tap) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          boolean isCall = type == XAResource.class && !method.getName().startsWith("is");
          if (isCall) {
            tap.at(method.getName(), true);
          }
          Object result;
          try {
            result = method.invoke(target, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          if (isCall) {
            tap.at(method.getName(), false);
          }
          return result != null && TAPPED.contains(method.getReturnType())
              ? proxy(method.getReturnType(), result, tap)
              : result;
        };
    return type.cast(
        Proxy.newProxyInstance(Tap.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
