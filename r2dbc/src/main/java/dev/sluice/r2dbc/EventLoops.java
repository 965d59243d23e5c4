package dev.sluice.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Wrapped;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the event loop on which a connection lives. Drivers hand it out by {@link Wrapped#unwrap}
 * as an {@link Executor}, or as Reactor's {@code Scheduler}, which this class knows by name alone:
 * Sluice does not need Reactor.
 */
final class EventLoops {
  private static final String SCHEDULER = "reactor.core.scheduler.Scheduler";

  private EventLoops() {}

  /** The connection's own event loop; null if the driver has none or does not tell. */
  static @Nullable Executor of(Connection connection) {
    if (!(connection instanceof Wrapped<?> wrapped)) {
      return null;
    }
    Executor executor = wrapped.unwrap(Executor.class);
    return executor != null ? executor : ofScheduler(wrapped);
  }

  private static @Nullable Executor ofScheduler(Wrapped<?> wrapped) {
    try {
      Class<?> type = Class.forName(SCHEDULER, false, wrapped.getClass().getClassLoader());
      Object scheduler = wrapped.unwrap(type);
      if (scheduler == null) {
        return null;
      }
      MethodHandle schedule =
          MethodHandles.publicLookup()
              .findVirtual(
                  type,
                  "schedule",
                  MethodType.methodType(
                      Class.forName("reactor.core.Disposable", false, type.getClassLoader()),
                      Runnable.class))
              .bindTo(scheduler)
              .asType(MethodType.methodType(Object.class, Runnable.class));
      return task -> schedule(schedule, task);
    } catch (ReflectiveOperationException e) { // no Reactor, or another one: no loop is known
      return null;
    }
  }

  private static void schedule(MethodHandle schedule, Runnable task) {
    try {
      Object unused = (Object) schedule.invokeExact(task);
    } catch (RuntimeException | Error e) {
      throw e; // RejectedExecutionException, if the loop has ended
    } catch (Throwable e) {
      throw new RejectedExecutionException(e);
    }
  }
}
